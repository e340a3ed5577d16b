package dev.stackmapd.artifact.disk;

import java.io.IOException;

/// The disk space of the store, bounded by its quota and by the free space of the file system.
/// Thread-safe.
///
/// Space is reserved before bytes are written. Reserved bytes that are not written yet are subtracted
/// from the free space that the file system reports.
final class DiskBudget {
    /// Bytes that each file counts in addition to its size, for its record and folders.
    static final long OVERHEAD = ArtifactRecord.MAX_BYTES;

    /// The size and the free space of a file system, in bytes.
    interface FileSystem {
        long total() throws IOException;

        long usable() throws IOException;
    }

    private final StoreLimits limits;
    private final FileSystem fileSystem;
    private long taken;
    private long unwritten;

    DiskBudget(StoreLimits limits, FileSystem fileSystem) {
        this.limits = limits;
        this.fileSystem = fileSystem;
    }

    /// Adds bytes that are on disk already, without a check of the limits.
    synchronized void add(long bytes) {
        taken += bytes;
    }

    /// Reserves bytes that will be written; returns false and reserves nothing if there is not enough
    /// space.
    synchronized boolean take(long bytes) throws IOException {
        if (missing(bytes) > 0) {
            return false;
        }
        taken += bytes;
        unwritten += bytes;
        return true;
    }

    /// Returns how many bytes must be evicted before `bytes` can be reserved; 0 or less if there is
    /// enough space.
    synchronized long missing(long bytes) throws IOException {
        long floor = fileSystem.total() / 100 * limits.freePercent();
        long overQuota = bytes - (limits.quotaBytes() - taken);
        long belowFloor = bytes - (fileSystem.usable() - unwritten - floor);
        return Math.max(overQuota, belowFloor);
    }

    synchronized void written(long bytes) {
        unwritten -= bytes;
    }

    synchronized void free(long bytes) {
        taken -= bytes;
    }

    long usable() throws IOException {
        return fileSystem.usable();
    }

    synchronized long taken() {
        return taken;
    }
}
