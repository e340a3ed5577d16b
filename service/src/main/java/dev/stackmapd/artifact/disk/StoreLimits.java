package dev.stackmapd.artifact.disk;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/// The limits of the store.
///
/// @param quotaBytes of everything below the store's folder, files being received included
/// @param freePercent of the file system that must stay free, 0 to 100
/// @param maxFileBytes of one file
/// @param useInterval the shortest time between two persisted uses of a file
/// @param uploads whether uploads may be evicted
public record StoreLimits(
        long quotaBytes, int freePercent, long maxFileBytes, Duration useInterval, UploadEviction uploads) {
    public static final StoreLimits DEFAULT =
            new StoreLimits(10L << 30, 10, 4L << 30, Duration.ofHours(1), UploadEviction.NEVER);

    public StoreLimits {
        requireNonNull(uploads, "uploads");
        if (quotaBytes < 1 || maxFileBytes < 1) {
            throw new IllegalArgumentException("a limit below 1 byte");
        }
        if (freePercent < 0 || freePercent > 100) {
            throw new IllegalArgumentException(freePercent + " percent");
        }
        if (useInterval.isNegative()) {
            throw new IllegalArgumentException("an interval below 0");
        }
    }

    /// The rule for the eviction of uploads.
    public enum UploadEviction {
        /// The store refuses new files instead of evicting an upload.
        NEVER,
        /// Uploads are evicted by last use, after everything that can be fetched again, but before files
        /// of binaries that were seen in stacks lately.
        LAST
    }
}
