package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ByteQuota;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.util.HashMap;
import java.util.Map;

/// A package of split units and its index of them (DWARF 5, 7.3.5; GNU's version 2 for DWARF 4). Only
/// units in a damaged part are lost. Thread-safe.
final class PackageFile {
    private static final int INFO = 1;
    private static final int ABBREV = 3;
    private static final int LINE = 4;
    private static final int STR_OFFSETS = 6;
    private static final int RNGLISTS = 8;
    private static final int MAX_COLUMNS = 16;
    /// Heap of a unit of the index.
    private static final int UNIT_BYTES = 160;

    private final DwarfObject object;
    /// The contributions by unit id; [Contribution#NONE] if the index lists the unit without its place.
    private final Map<Long, Contribution> units;

    private PackageFile(DwarfObject object, Map<Long, Contribution> units) {
        this.object = object;
        this.units = units;
    }

    static PackageFile read(DwarfObject object) throws MalformedBinaryException {
        Cursor at = object.sections().unitIndex().cursor();
        // Version 2 has 32 bits, version 5 has 16 and padding, in either byte order.
        if (at.remaining() == 0) {
            throw at.malformed("there is no index of units");
        }
        int first = at.u16("version");
        int second = at.u16("version");
        int version = Math.max(first, second);
        if (version != 2 && version != 5) {
            throw at.malformed("the unit index has version " + version);
        }
        long columns = at.u32("section_count");
        long count = at.u32("unit_count");
        long slots = at.u32("slot_count");
        check(at, columns, count, slots, object.limits());
        return new PackageFile(object, readUnits(at, version, (int) columns, (int) count, slots, object.kept()));
    }

    private static void check(Cursor at, long columns, long count, long slots, DwarfLimits limits)
            throws MalformedBinaryException {
        if (columns > MAX_COLUMNS
                || count > limits.maxUnits()
                || slots > 4L * limits.maxUnits()
                || slots * 12 > at.remaining()) {
            throw at.malformed(columns + " sections, " + count + " units and " + slots + " slots");
        }
    }

    private static Map<Long, Contribution> readUnits(
            Cursor at, int version, int columns, int count, long slots, ByteQuota kept)
            throws MalformedBinaryException {
        long hashes = at.position();
        long indexes = hashes + slots * Long.BYTES;
        long table = indexes + slots * Integer.BYTES;
        at.moveTo(table, "section ids");
        int[] sections = new int[columns];
        for (int i = 0; i < columns; i++) {
            sections[i] = (int) at.u32("section id");
        }
        Map<Long, Contribution> units = new HashMap<>();
        for (long slot = 0; slot < slots; slot++) {
            at.moveTo(indexes + slot * Integer.BYTES, "index");
            long row = at.u32("row");
            if (row != 0 && row <= count) {
                at.moveTo(hashes + slot * Long.BYTES, "hash");
                long id = at.u64("dwo_id");
                kept.take(UNIT_BYTES, "unit index");
                // The table of sizes has no row of section ids.
                long sizes = table + (count + row) * columns * Integer.BYTES;
                if (sizes + (long) columns * Integer.BYTES > at.position() + at.remaining()) {
                    units.putIfAbsent(id, Contribution.NONE);
                } else {
                    at.moveTo(table + row * columns * Integer.BYTES, "row");
                    long[] offsets = row(at, version, sections);
                    at.moveTo(sizes, "row");
                    units.putIfAbsent(id, contribution(offsets, row(at, version, sections)));
                }
            }
        }
        return units;
    }

    /// Reads one row of offsets or sizes, by section.
    private static long[] row(Cursor at, int version, int[] sections) throws MalformedBinaryException {
        long[] values = new long[RNGLISTS + 1];
        for (int section : sections) {
            long value = at.u32("section offset or size");
            // Number 8 is DW_SECT_MACRO in version 2.
            if (section > 0 && section <= (version == 5 ? RNGLISTS : STR_OFFSETS)) {
                values[section] = value;
            }
        }
        return values;
    }

    private static Contribution contribution(long[] offsets, long[] sizes) {
        return new Contribution(
                offsets[INFO],
                offsets[ABBREV],
                offsets[STR_OFFSETS],
                offsets[RNGLISTS],
                sizes[LINE] == 0 ? Contribution.NO_LINES : offsets[LINE]);
    }

    boolean has(long id) {
        return units.containsKey(id);
    }

    /// Returns the split unit of a skeleton, which must be in the package.
    Unit unit(DwarfFiles files, Unit skeleton, ReadBudget budget) throws MalformedBinaryException {
        Contribution contribution = units.getOrDefault(skeleton.splitId(), Contribution.NONE);
        Cursor at = object.info().cursor();
        at.moveTo(contribution.info(), "DW_SECT_INFO offset");
        UnitHeader header = UnitHeader.read(at, Dw.UT_COMPILE);
        Unit unit = Unit.readSplit(files, object, header, contribution, skeleton, budget);
        if (unit.splitId() != skeleton.splitId()) {
            throw at.malformed(
                    "the unit has id 0x%x, the index says 0x%x".formatted(unit.splitId(), skeleton.splitId()));
        }
        return unit;
    }
}
