package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.ByteQuota;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import java.util.Arrays;

/// Finds the units of one section by following their lengths from header to header (DWARF 5, 7.5.1), no
/// further than requested: each header costs reading a page, and inflating everything before it.
///
/// A wrong length ends the chain, because the next unit cannot be found. So does a length of 0, which a
/// section of zeros would repeat a million times. Units of an unknown DWARF version are skipped, up to
/// [#MAX_UNKNOWN] of them; one more ends the chain. Thread-safe.
final class UnitChain {
    /// The most units that are skipped because their version is not known.
    static final int MAX_UNKNOWN = 1 << 8;

    private static final long DWARF64 = 0xffff_ffffL;

    private final String source;
    private final Cursor at;
    private final int limit;
    private final ByteQuota kept;
    private final Skips skips = new Skips();
    private long[] starts = new long[16];
    private int count;
    private int unknown;
    private long end;
    private boolean broken;

    /// @param kept the memory for the offsets of units
    UnitChain(ByteExtent section, DwarfLimits limits, ByteQuota kept) {
        this.kept = kept;
        this.source = section.source();
        this.at = section.cursor();
        this.limit = limits.maxUnits();
    }

    /// Returns true if a unit begins at an offset. Reads the headers before it.
    synchronized boolean begins(long offset) {
        while (end <= offset && hasNext()) {
            hop();
        }
        return Arrays.binarySearch(starts, 0, count, offset) >= 0;
    }

    /// Returns the offsets of all units. Reads all headers.
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
                throw new OverLimitException(source, at.fileOffset(), "more than " + limit + " units");
            }
            long length = at.u32("unit_length");
            length = length == DWARF64 ? at.u64("unit_length") : length;
            if (length == 0) {
                throw at.malformed("unit_length is 0");
            }
            long content = at.position();
            at.skip(length, "unit_length");
            long next = at.position();
            at.moveTo(content, "version");
            int version = length < Short.BYTES ? 0 : at.u16("version");
            if (UnitHeader.isKnown(version)) {
                grow();
                starts[count++] = end;
            } else {
                passOver(version);
            }
            at.moveTo(next, "unit_length");
            end = next;
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Scope.UNITS, e);
            broken = true;
        }
    }

    /// Grows the array of starts. They are copied once more for a caller of [#all].
    private void grow() throws MalformedBinaryException {
        if (count == starts.length) {
            kept.take(2L * Long.BYTES * count, source);
            starts = Arrays.copyOf(starts, count * 2);
        }
    }

    private void passOver(int version) throws MalformedBinaryException {
        String reason = "DWARF version is " + version;
        if (unknown == MAX_UNKNOWN) {
            throw at.malformed(reason);
        }
        if (unknown++ == 0) {
            skips.add(SkippedPart.Scope.UNITS, at.malformed(reason));
        }
    }
}
