package dev.stackmapd.artifact.disk;

/// A snapshot of the usage of a store.
///
/// @param artifacts that are held
/// @param bytes counted against the quota: of all files, including those being received and removed ones
///     with open leases
/// @param evicted artifacts since the store was opened, of binaries that had not been seen in stacks
///     lately
/// @param evictedSeen likewise, of binaries that had been seen within [ArtifactStore#RECENTLY]
public record StoreUsage(int artifacts, long bytes, long evicted, long evictedSeen) {}
