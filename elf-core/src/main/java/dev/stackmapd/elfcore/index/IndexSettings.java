package dev.stackmapd.elfcore.index;

/// How much memory one build may take for what grows with the binary. Beside it stand the debug information of one
/// unit at a time, each function and file once at some 60 bytes, and 16 bytes for every 32 entries.
///
/// @param bufferBytes of code and contexts, each; beyond it they go to a temporary file. At most 1 GiB
/// @param maxNameBytes distinct names and paths of the binary, together; a binary with more gets no index
public record IndexSettings(int bufferBytes, int maxNameBytes) {
    public static final IndexSettings DEFAULT = new IndexSettings(8 << 20, 1 << 28);

    public IndexSettings {
        if (bufferBytes < 1 || bufferBytes > 1 << 30 || maxNameBytes < 1) {
            throw new IllegalArgumentException("buffer of %d bytes, names of %d".formatted(bufferBytes, maxNameBytes));
        }
    }
}
