package dev.stackmapd.artifact.disk;

import java.io.IOException;

/// Counts what the store takes, against its quota and against what the file system has left. Thread-safe.
///
/// Room is taken before bytes are written. What was taken and is not written yet is held back from the free space
/// that the file system reports.
final class DiskBudget {
    /// Charged for each file beside its bytes: its record, and its part of folders.
    static final long OVERHEAD = ArtifactRecord.MAX_BYTES;

    /// What the file system says of itself, bytes.
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

    /// Counts bytes that are on disk already, whatever the limits say.
    synchronized void add(long bytes) {
        taken += bytes;
    }

    /// Takes room for bytes that will be written, or none.
    synchronized boolean take(long bytes) throws IOException {
        if (missing(bytes) > 0) {
            return false;
        }
        taken += bytes;
        unwritten += bytes;
        return true;
    }

    /// How many bytes would have to go first; 0 or less where there is room.
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
