package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.util.Arrays;

/// Finds the units that an address belongs to.
///
/// `.debug_aranges` is used first, since it names units without reading them. An address that it does
/// not have is looked up in the unit DIEs of all units: the section may be damaged or missing, some
/// compilers write it only on request, and some leave code out of it. Immutable and thread-safe.
final class UnitRanges {
    private static final int MAX_CLAIMANTS = 64;

    private final RangeIndex ranges;
    private final Skips skips;

    private UnitRanges(RangeIndex ranges, Skips skips) {
        this.ranges = ranges;
        this.skips = skips;
    }

    /// Returns the offsets of the units that claim an address, in the order of the section; at most the
    /// first [#MAX_CLAIMANTS].
    long[] at(long address) {
        long[] units = new long[MAX_CLAIMANTS];
        int count = 0;
        for (int i = ranges.find(address); i != RangeIndex.NONE; i = ranges.next(address, i)) {
            count = insert(units, count, ranges.payload(i));
        }
        return Arrays.copyOf(units, count);
    }

    /// Inserts a unit in order among the first ones, once. If the array is full the last one is dropped.
    private static int insert(long[] units, int count, long unit) {
        int found = Arrays.binarySearch(units, 0, count, unit);
        int place = -found - 1;
        if (found >= 0 || place == units.length) {
            return count;
        }
        int grown = Math.min(count + 1, units.length);
        System.arraycopy(units, place, units, place + 1, grown - 1 - place);
        units[place] = unit;
        return grown;
    }

    Skips skips() {
        return skips;
    }

    /// Reads `.debug_aranges`.
    static UnitRanges listed(DwarfFiles files) {
        Reading reading = new Reading(files);
        reading.addressRanges();
        return reading.finish();
    }

    /// Reads the unit DIEs of all units.
    static UnitRanges fromUnitDies(DwarfFiles files) {
        Reading reading = new Reading(files);
        reading.unitDies();
        return reading.finish();
    }

    private static final class Reading {
        private final DwarfFiles files;
        private final DwarfObject object;
        private final ReadBudget budget;
        private final Skips skips = new Skips();
        private final RangeIndex.Builder ranges;
        private int damaged;

        Reading(DwarfFiles files) {
            this.files = files;
            this.object = files.main();
            // Sorting takes twice as much as the result.
            this.budget = new ReadBudget(
                    2 * object.limits().maxKeptBytes(), object.limits().maxLookUpWork());
            this.ranges = new RangeIndex.Builder(budget, object.info().source());
        }

        /// Returns the ranges, or none if they exceed the budget.
        UnitRanges finish() {
            try {
                RangeIndex sorted = budget.exceeded().isEmpty() ? ranges.build() : RangeIndex.EMPTY;
                object.kept()
                        .take(RangeIndex.BYTES * sorted.size(), object.info().source());
                return new UnitRanges(sorted, skips);
            } catch (MalformedBinaryException e) {
                skips.add(SkippedPart.Scope.UNIT_RANGES, e);
                return new UnitRanges(RangeIndex.EMPTY, skips);
            }
        }

        void addressRanges() {
            try {
                Cursor at = object.sections().addressRanges().cursor();
                while (at.remaining() > 0) {
                    readSet(at);
                }
            } catch (MalformedBinaryException e) {
                skips.add(SkippedPart.Scope.UNIT_RANGES, e);
            }
        }

        /// Reads one set (DWARF 5, 6.1.2). Its tuples are aligned to their size, relative to the set.
        private void readSet(Cursor at) throws MalformedBinaryException {
            long start = at.position();
            long length = at.u32("unit_length");
            int offsetBytes = length == 0xffff_ffffL ? Long.BYTES : Integer.BYTES;
            length = offsetBytes == Long.BYTES ? at.u64("unit_length") : length;
            long end = at.position() + length;
            if (Long.compareUnsigned(length, at.remaining()) > 0) {
                throw at.malformed("unit_length is " + Long.toUnsignedString(length));
            }
            int version = at.u16("version");
            long unitOffset = offsetBytes == Long.BYTES ? at.u64("debug_info_offset") : at.u32("debug_info_offset");
            Encoding encoding = new Encoding(version, offsetBytes, at.u8("address_size"));
            int segmentBytes = at.u8("segment_selector_size");
            if (version == 2 && segmentBytes == 0) {
                int tuple = 2 * encoding.addressBytes();
                long header = at.position() - start;
                at.skip(tuple == 0 ? 0 : (tuple - header % tuple) % tuple, "padding");
                readTuples(at, end, encoding, unitOffset);
            }
            at.moveTo(end, "unit_length");
        }

        private void readTuples(Cursor at, long end, Encoding encoding, long unit) throws MalformedBinaryException {
            while (end - at.position() >= 2L * encoding.addressBytes()) {
                budget.spend(1, ".debug_aranges");
                long low = encoding.address(at, "address");
                long length = encoding.address(at, "length");
                if (low == 0 && length == 0) {
                    return;
                }
                if (length != 0
                        && Long.compareUnsigned(low, object.lowestCode()) >= 0
                        && Long.compareUnsigned(low, encoding.largestAddress() - 1) < 0) {
                    ranges.add(low, low + length, unit);
                }
            }
        }

        void unitDies() {
            for (int unit = 0; unit < object.units().count() && isAble(); unit++) {
                readUnitDie(object.units().start(unit));
            }
        }

        private boolean isAble() {
            return damaged < UnitOffsets.MAX_DAMAGED && budget.exceeded().isEmpty();
        }

        private void readUnitDie(long start) {
            try {
                budget.spend(1, object.info().source());
                UnitHeader header = object.header(start);
                if (header.type() == Dw.UT_COMPILE || header.type() == Dw.UT_SKELETON) {
                    Unit unit = Unit.read(files, object, header, budget);
                    new RangeReader(unit, budget).read(unit.root(), (low, high) -> ranges.add(low, high, start));
                }
            } catch (MalformedBinaryException e) {
                damaged++;
                skips.add(SkippedPart.Scope.UNIT_RANGES, e);
            }
        }
    }
}
