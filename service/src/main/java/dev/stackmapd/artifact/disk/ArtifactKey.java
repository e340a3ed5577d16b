package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.BuildId;

/// The key of the catalog, which has at most one file for each.
///
/// @param buildId in the form that look-ups compare ([BuildId#unpadded])
record ArtifactKey(BuildId buildId, ArtifactKind kind) {
    ArtifactKey {
        buildId = buildId.unpadded();
    }
}
