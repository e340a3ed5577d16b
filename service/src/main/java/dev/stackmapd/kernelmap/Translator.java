package dev.stackmapd.kernelmap;

import dev.stackmapd.stack.PackedStack;

/// Turns raw addresses into frames, for a map that keeps build-ids.
@FunctionalInterface
public interface Translator {

    /// @param ips only `[from, to)` count, at least one; not changed
    /// @return frames in the same order; read at once, so the same object may be given every time
    PackedStack translate(long[] ips, int from, int to);
}
