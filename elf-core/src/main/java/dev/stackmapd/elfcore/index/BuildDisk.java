package dev.stackmapd.elfcore.index;

/// Limits the bytes that one build may write, including temporary files: a few bytes of debug
/// information can describe very much code. Not thread-safe.
final class BuildDisk {
    private final long limit;
    private long left;

    BuildDisk(long limit) {
        this.limit = limit;
        this.left = limit;
    }

    /// Charges bytes that are to be written.
    void take(long bytes) {
        if (bytes > left) {
            throw new BuildLimitException("building the index takes more than " + limit + " bytes of files");
        }
        left -= bytes;
    }
}
