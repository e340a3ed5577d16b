package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.ByteQuota;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import java.util.Arrays;

/// The units of one section, hopped over from header to header (DWARF 5, 7.5.1), no further than asked for: a hop
/// reads a page, and inflates what lies before it.
///
/// A broken length ends the chain: what follows it is not known to begin anywhere. So does a length of 0, which zeros
/// repeat a million times, and a unit of an unknown version after [#MAX_UNKNOWN] others: the units of an honest file
/// may be followed by some of a later DWARF version, which are passed over. Thread-safe.
final class UnitChain {
    /// Units that are passed over because their version is not known.
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

    /// @param kept memory for where the units begin
    UnitChain(ByteExtent section, DwarfLimits limits, ByteQuota kept) {
        this.kept = kept;
        this.source = section.source();
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

    /// The starts are copied once more for a caller that asks for all.
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
