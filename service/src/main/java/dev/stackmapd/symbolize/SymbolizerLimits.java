package dev.stackmapd.symbolize;

import java.time.Duration;

/// What the symbolizer may keep, and for how long.
///
/// @param tableBytes heap for symbol tables, in all
/// @param nameBytes heap for demangled names
/// @param held how long a table is used before better files are looked for
/// @param absent how long "not here" holds
/// @param bad how long "broken" holds
public record SymbolizerLimits(long tableBytes, long nameBytes, Duration held, Duration absent, Duration bad) {
    public static final SymbolizerLimits DEFAULT = new SymbolizerLimits(
            256L << 20, 16L << 20, Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofMinutes(10));

    public SymbolizerLimits {
        if (tableBytes < 1 || nameBytes < 1) {
            throw new IllegalArgumentException("a budget below 1 byte");
        }
    }
}
