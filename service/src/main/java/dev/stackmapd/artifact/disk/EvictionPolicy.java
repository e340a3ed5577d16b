package dev.stackmapd.artifact.disk;

import dev.stackmapd.artifact.disk.ArtifactRecord.Replaceability;
import dev.stackmapd.artifact.disk.StoreLimits.UploadEviction;
import java.util.Optional;

/// Which files may be evicted, and in which order, by the purpose of the space.
sealed interface EvictionPolicy {
    /// Space for an artifact: evicts evictable files first, then files that can be fetched again, then
    /// uploads if this is allowed.
    ///
    /// @param sparing the key of the new artifact, whose present file is not evicted
    record ForArtifact(ArtifactKey sparing) implements EvictionPolicy {}

    /// Space for a file outside the catalog: evicts evictable and fetched files alike, by last use.
    record ForEvictableFile() implements EvictionPolicy {}

    /// Returns the rank of a stored file, 0 to 2, of which the lower ones are evicted first; empty if it
    /// must not be evicted. Files of binaries that were seen in stacks lately are evicted after all
    /// others, in the same order.
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
