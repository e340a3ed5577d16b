package dev.stackmapd.elfcore.index;

/// Receives the entries of the index by ascending address, each address once.
interface EntrySink {
    /// Called for a range `[start, end)` in which everything is the same.
    ///
    /// @param context number in the index
    /// @param file number in the pool
    void entry(long start, long end, int context, int file, int line, int column);

    /// Called after the last entry.
    void end();
}
