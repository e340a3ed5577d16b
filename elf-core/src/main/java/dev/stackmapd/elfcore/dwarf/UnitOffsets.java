package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.Arrays;

/// Where the units of one section begin. Headers are hopped over, not kept: two words a unit. Immutable,
/// thread-safe.
final class UnitOffsets {
    static final int NONE = -1;
    private static final long DWARF64 = 0xffff_ffffL;

    private final long[] starts;
    private final long end;
    private final Skips skips;

    private UnitOffsets(long[] starts, long end, Skips skips) {
        this.starts = starts;
        this.end = end;
        this.skips = skips;
    }

    /// A broken length ends the list: the units before it count, and [#skips] says what was lost.
    static UnitOffsets read(ByteExtent section, DwarfLimits limits) {
        Cursor at = section.cursor();
        Skips skips = new Skips();
        long[] starts = new long[16];
        int count = 0;
        long end = 0;
        try {
            while (at.remaining() > 0) {
                if (count == limits.maxUnits()) {
                    throw at.malformed("more than " + limits.maxUnits() + " units");
                }
                long start = at.position();
                long length = at.u32("unit_length");
                at.skip(length == DWARF64 ? at.u64("unit_length") : length, "unit_length");
                starts = count == starts.length ? Arrays.copyOf(starts, count * 2) : starts;
                starts[count++] = start;
                end = at.position();
            }
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Part.UNITS, e);
        }
        return new UnitOffsets(Arrays.copyOf(starts, count), end, skips);
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
