package dev.stackmapd.elfcore.index;

/// What one build may take. A binary that needs more gets no index.
///
/// @param bufferBytes of code and contexts, each, out of `memoryBytes`; beyond it they go to a temporary file.
///     At most 1 GiB
/// @param memoryBytes heap for everything that grows with the binary, the buffers and what is read of one unit
/// included:
///     each function and file once at some 60 bytes, distinct names and paths, 16 bytes for every 32 entries
/// @param fileBytes that are written, temporary files included
/// @param steps of work: entries, rows, ranges and links that are read, and stretches of code that are merged,
///     some 10 million a second; ceph-osd's 623 MB need 60 million
public record IndexSettings(int bufferBytes, long memoryBytes, long fileBytes, long steps) {
    private static final long DEFAULT_STEPS = 1L << 29;

    public static final IndexSettings DEFAULT = new IndexSettings(8 << 20, 320L << 20, 1L << 34, DEFAULT_STEPS);

    public IndexSettings {
        if (bufferBytes < 1 || bufferBytes > 1 << 30 || memoryBytes < 1 || fileBytes < 1 || steps < 1) {
            throw new IllegalArgumentException("buffer of %d bytes, memory of %d, files of %d, %d steps"
                    .formatted(bufferBytes, memoryBytes, fileBytes, steps));
        }
    }

    /// A tenth of the memory for each buffer.
    public static IndexSettings of(long memoryBytes) {
        int buffer = Math.clamp(memoryBytes / 10, 1, 1 << 30);
        return new IndexSettings(buffer, memoryBytes, DEFAULT.fileBytes, DEFAULT_STEPS);
    }

    /// These settings with another limit on what is written.
    public IndexSettings writing(long bytes) {
        return new IndexSettings(bufferBytes, memoryBytes, bytes, steps);
    }
}
