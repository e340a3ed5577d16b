package dev.stackmapd.artifact.disk;

/// What a store takes just now.
///
/// @param artifacts that are held
/// @param bytes against the quota: of all files, those that are arriving and those that only a reader still holds
///     included
/// @param evicted artifacts since the store was opened, of binaries that had not been seen in stacks lately
/// @param evictedSeen likewise, of binaries that had been seen within [ArtifactStore#RECENTLY]
public record StoreUsage(int artifacts, long bytes, long evicted, long evictedSeen) {}
