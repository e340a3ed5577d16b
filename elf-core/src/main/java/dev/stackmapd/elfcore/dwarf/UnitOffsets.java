package dev.stackmapd.elfcore.dwarf;

import java.util.Arrays;

/// The offsets of all units of one section. Headers are not kept. Immutable, thread-safe.
final class UnitOffsets {
    static final int NONE = -1;
    /// The most units that cannot be read. After them the rest is skipped: a million of them would cost
    /// seconds.
    static final int MAX_DAMAGED = 1 << 12;

    private final long[] starts;
    private final long end;
    private final Skips skips;

    /// @param end where the last unit ends
    /// @param skips what could not be read after it
    UnitOffsets(long[] starts, long end, Skips skips) {
        this.starts = starts;
        this.end = end;
        this.skips = skips;
    }

    int count() {
        return starts.length;
    }

    long start(int unit) {
        return starts[unit];
    }

    Skips skips() {
        return skips;
    }

    /// Returns the unit that an offset lies in, or [#NONE].
    int holding(long offset) {
        if (offset < 0 || offset >= end) {
            return NONE;
        }
        int found = Arrays.binarySearch(starts, offset);
        return found >= 0 ? found : -found - 2;
    }
}
