package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.BuildId;

/// What there is at most one file of.
record ArtifactKey(BuildId buildId, ArtifactKind kind) {}
