package dev.stackmapd.elfcore.dwarf;

import java.util.Arrays;

/// Where all units of one section begin. Headers are not kept. Immutable, thread-safe.
final class UnitOffsets {
    static final int NONE = -1;
    /// Units that cannot be read until the others are given up: a million of them cost seconds, and name nothing.
    static final int MAX_DAMAGED = 1 << 12;

    private final long[] starts;
    private final long end;
    private final Skips skips;

    /// @param end where the last unit ends
    /// @param skips what was lost after it
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

    /// The unit that an offset lies in, or [#NONE].
    int holding(long offset) {
        if (offset < 0 || offset >= end) {
            return NONE;
        }
        int found = Arrays.binarySearch(starts, offset);
        return found >= 0 ? found : -found - 2;
    }
}
