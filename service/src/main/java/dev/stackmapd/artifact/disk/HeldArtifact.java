package dev.stackmapd.artifact.disk;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.artifact.Artifact.Code;
import dev.stackmapd.elfcore.elf.BuildId;
import java.time.Instant;

/// What is known of a stored file.
///
/// @param sha256 of all its bytes, 64 lower-case hex digits
/// @param size bytes, 1 or more
/// @param stored when it was accepted
/// @param used when it was last opened for reading; `stored` before that
/// @param uses how often it was opened
public record HeldArtifact(
        BuildId buildId,
        ArtifactKind kind,
        Origin origin,
        String sha256,
        long size,
        Code code,
        Quality quality,
        Instant stored,
        Instant used,
        long uses) {
    public HeldArtifact {
        requireNonNull(buildId, "buildId");
        requireNonNull(kind, "kind");
        requireNonNull(origin, "origin");
        requireNonNull(code, "code");
        requireNonNull(quality, "quality");
        requireNonNull(stored, "stored");
        requireNonNull(used, "used");
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not a SHA-256 digest");
        }
        if (size < 1 || uses < 0) {
            throw new IllegalArgumentException("%d bytes, %d uses".formatted(size, uses));
        }
    }

    HeldArtifact usedAt(Instant now) {
        return new HeldArtifact(buildId, kind, origin, sha256, size, code, quality, stored, now, uses + 1);
    }

    HeldArtifact from(Origin other) {
        return new HeldArtifact(buildId, kind, other, sha256, size, code, quality, stored, used, uses);
    }

    ArtifactKey key() {
        return new ArtifactKey(buildId, kind);
    }
}
