package dev.stackmapd.elfcore.index;

/// Limits on one build. A binary that needs more gets no index.
///
/// @param bufferBytes heap for code, and as much for contexts, out of `memoryBytes`; beyond it they are
///     written to a temporary file. At most 1 GiB
/// @param memoryBytes heap for everything that grows with the binary, including the buffers and the data
///     of one unit: each function and file once at some 60 bytes, distinct names and paths, 16 bytes for
///     every 32 entries
/// @param fileBytes bytes that are written, including temporary files
/// @param steps steps of work: DIEs, rows, ranges and links that are read, and stretches of code that
///     are merged, some 10 million a second; ceph-osd's 623 MB need 60 million
public record IndexSettings(int bufferBytes, long memoryBytes, long fileBytes, long steps) {
    private static final long DEFAULT_STEPS = 1L << 29;

    public static final IndexSettings DEFAULT = new IndexSettings(8 << 20, 320L << 20, 1L << 34, DEFAULT_STEPS);

    public IndexSettings {
        if (bufferBytes < 1 || bufferBytes > 1 << 30 || memoryBytes < 1 || fileBytes < 1 || steps < 1) {
            throw new IllegalArgumentException("buffer of %d bytes, memory of %d, files of %d, %d steps"
                    .formatted(bufferBytes, memoryBytes, fileBytes, steps));
        }
    }

    /// Returns the settings for an amount of memory, with a tenth of it for each buffer.
    public static IndexSettings of(long memoryBytes) {
        int buffer = Math.clamp(memoryBytes / 10, 1, 1 << 30);
        return new IndexSettings(buffer, memoryBytes, DEFAULT.fileBytes, DEFAULT_STEPS);
    }

    /// Returns these settings with another limit on the bytes that are written.
    public IndexSettings writing(long bytes) {
        return new IndexSettings(bufferBytes, memoryBytes, bytes, steps);
    }
}
