package dev.stackmapd.elfcore.index;

/// Takes what is known of code, by address, each address once.
interface EntrySink {
    /// Everything in `[start, end)` is the same.
    ///
    /// @param context of the index
    /// @param file of the pool
    void entry(long start, long end, int context, int file, int line, int column);

    /// Nothing follows.
    void end();
}
