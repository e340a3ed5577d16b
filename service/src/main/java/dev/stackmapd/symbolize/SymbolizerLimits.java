package dev.stackmapd.symbolize;

import java.time.Duration;

/// What the symbolizer may keep, and for how long.
///
/// @param cacheBytes heap for open binaries, answers and negatives together
/// @param held how long a binary stays open, and an answer holds, before files are looked for again
/// @param absent how long "not here" holds
/// @param bad how long "broken" holds
/// @param readers threads that may read tables of files at once: to open a binary, or to answer without an index
public record SymbolizerLimits(long cacheBytes, Duration held, Duration absent, Duration bad, int readers) {
    public static final SymbolizerLimits DEFAULT =
            new SymbolizerLimits(256L << 20, Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofMinutes(10), 16);

    /// These limits with others on memory.
    public SymbolizerLimits within(long cacheBytes, int readers) {
        return new SymbolizerLimits(cacheBytes, held, absent, bad, readers);
    }

    public SymbolizerLimits {
        if (cacheBytes < 1 || readers < 1) {
            throw new IllegalArgumentException("%d bytes, %d readers".formatted(cacheBytes, readers));
        }
    }
}
