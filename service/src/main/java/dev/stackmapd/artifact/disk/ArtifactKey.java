package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.BuildId;

/// What there is at most one file of.
///
/// @param buildId in the form that look-ups compare ([BuildId#unpadded])
record ArtifactKey(BuildId buildId, ArtifactKind kind) {
    ArtifactKey {
        buildId = buildId.unpadded();
    }
}
