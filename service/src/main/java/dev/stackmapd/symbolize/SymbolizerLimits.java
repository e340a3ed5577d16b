package dev.stackmapd.symbolize;

import java.time.Duration;

/// What the symbolizer may keep, and for how long.
///
/// @param cacheBytes heap for open binaries, answers and negatives together
/// @param held how long a binary stays open, and an answer holds, before files are looked for again
/// @param absent how long "not here" holds
/// @param bad how long "broken" holds
public record SymbolizerLimits(long cacheBytes, Duration held, Duration absent, Duration bad) {
    public static final SymbolizerLimits DEFAULT =
            new SymbolizerLimits(256L << 20, Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofMinutes(10));

    public SymbolizerLimits {
        if (cacheBytes < 1) {
            throw new IllegalArgumentException("a budget below 1 byte");
        }
    }
}
