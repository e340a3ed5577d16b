package dev.stackmapd.symbolize;

import java.time.Duration;

/// Limits of the symbolizer's cache and concurrency.
///
/// @param cacheBytes total heap for open binaries, frames and negative results
/// @param held expiry of open binaries and frames, after which files are searched again
/// @param absent expiry of the result that a binary is absent
/// @param bad expiry of the result that a binary is malformed
/// @param readers maximum number of threads that read tables of files at once, to open a binary or to
///     symbolize without an index
public record SymbolizerLimits(long cacheBytes, Duration held, Duration absent, Duration bad, int readers) {
    public static final SymbolizerLimits DEFAULT =
            new SymbolizerLimits(256L << 20, Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofMinutes(10), 16);

    /// Returns these limits with other limits of memory and readers.
    public SymbolizerLimits within(long cacheBytes, int readers) {
        return new SymbolizerLimits(cacheBytes, held, absent, bad, readers);
    }

    public SymbolizerLimits {
        if (cacheBytes < 1 || readers < 1) {
            throw new IllegalArgumentException("%d bytes, %d readers".formatted(cacheBytes, readers));
        }
    }
}
