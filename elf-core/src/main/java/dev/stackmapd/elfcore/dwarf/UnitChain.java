package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.Arrays;

/// The units of one section, hopped over from header to header (DWARF 5, 7.5.1), no further than asked for: a hop
/// reads a page, and inflates what lies before it.
///
/// A broken length ends the chain: what follows it is not known to begin anywhere. Thread-safe.
final class UnitChain {
    private static final long DWARF64 = 0xffff_ffffL;

    private final Cursor at;
    private final int limit;
    private final Skips skips = new Skips();
    private long[] starts = new long[16];
    private int count;
    private long end;
    private boolean broken;

    UnitChain(ByteExtent section, DwarfLimits limits) {
        this.at = section.cursor();
        this.limit = limits.maxUnits();
    }

    /// Whether a unit begins at an offset. Hops as far as that.
    synchronized boolean begins(long offset) {
        while (end <= offset && hasNext()) {
            hop();
        }
        return Arrays.binarySearch(starts, 0, count, offset) >= 0;
    }

    /// All units. Hops to the end.
    synchronized UnitOffsets all() {
        while (hasNext()) {
            hop();
        }
        return new UnitOffsets(Arrays.copyOf(starts, count), end, skips);
    }

    private boolean hasNext() {
        return !broken && at.remaining() > 0;
    }

    private void hop() {
        try {
            if (count == limit) {
                throw at.malformed("more than " + limit + " units");
            }
            long length = at.u32("unit_length");
            at.skip(length == DWARF64 ? at.u64("unit_length") : length, "unit_length");
            starts = count == starts.length ? Arrays.copyOf(starts, count * 2) : starts;
            starts[count++] = end;
            end = at.position();
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Part.UNITS, e);
            broken = true;
        }
    }
}
