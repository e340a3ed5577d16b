package dev.stackmapd.app;

/// What each of the long-lived tables may take of the heap unless it is told otherwise. All full at once, which needs
/// every kind of traffic there is, they leave a twentieth of it to requests; without kernel-style maps, a sixth.
enum HeapShares {
    /// Stacks and counts, together with [#INDEX].
    STORE(3.0 / 8, Long.MAX_VALUE),
    /// Building an index; out of what stacks would have.
    INDEX(1.0 / 4, 320L << 20),
    /// Open binaries, answers and negatives.
    SYMBOLS(1.0 / 4, Long.MAX_VALUE),
    /// Kernel-style maps.
    STACKMAPS(1.0 / 8, 256L << 20),
    /// Batches that are remembered by their ids.
    REPLAYS(1.0 / 16, 64L << 20),
    /// Bodies of requests that wait for their turn; at least the largest one that is allowed.
    BODIES(1.0 / 32, 64L << 20),
    /// Build-ids of files of this host.
    FILE_BUILD_IDS(1.0 / 32, 32L << 20),
    /// Load segments of binaries, by build-id.
    LAYOUTS(1.0 / 128, 16L << 20),
    /// Demangled names.
    NAMES(1.0 / 32, 16L << 20),
    /// Source files that were fetched.
    SOURCES(1.0 / 64, 32L << 20),
    /// Names of source files that binaries have.
    SOURCE_NAMES(1.0 / 64, 32L << 20);

    private final double share;
    private final long most;

    HeapShares(double share, long most) {
        this.share = share;
        this.most = most;
    }

    long bytes() {
        return Math.min((long) (share * Runtime.getRuntime().maxMemory()), most);
    }
}
