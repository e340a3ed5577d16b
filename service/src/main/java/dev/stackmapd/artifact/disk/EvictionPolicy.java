package dev.stackmapd.artifact.disk;

import dev.stackmapd.artifact.disk.ArtifactRecord.Replaceability;
import dev.stackmapd.artifact.disk.StoreLimits.UploadEviction;
import java.util.Optional;

/// Whom room is made for, which decides what may go for it.
sealed interface EvictionPolicy {
    /// An artifact: first what tenants can do without, then what can be fetched again, then uploads if they may go.
    ///
    /// @param sparing the artifact to come, whose present file stays
    record ForArtifact(ArtifactKey sparing) implements EvictionPolicy {}

    /// A file that can be made anew: tenants' files and fetched ones alike, by last use.
    record ForEvictableFile() implements EvictionPolicy {}

    /// When a stored file may go, 0 to 2: those of a lower rank go first; empty where it may not. Files of
    /// binaries that were seen in stacks lately go after all others, in the same order.
    default Optional<Integer> rank(ArtifactKey key, Replaceability replaceability, UploadEviction uploads) {
        return switch (this) {
            case ForArtifact(ArtifactKey sparing) when key.equals(sparing) -> Optional.empty();
            case ForArtifact artifact ->
                switch (replaceability) {
                    case RENEWABLE -> Optional.of(1);
                    case ONLY_COPY -> uploads == UploadEviction.LAST ? Optional.of(2) : Optional.empty();
                };
            case ForEvictableFile files ->
                replaceability == Replaceability.RENEWABLE ? Optional.of(0) : Optional.empty();
        };
    }
}
