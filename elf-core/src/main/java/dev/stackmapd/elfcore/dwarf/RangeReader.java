package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// Reads the code of one DIE as ranges (DWARF 5, 2.17): from its low and high address or from a list.
///
/// Leaves out code that a linker dropped: ranges at the largest address or the one below it (DWARF 5 and
/// lld), and ranges below all code of the file (0 and 1, as older linkers leave them). Not thread-safe.
final class RangeReader {
    private final Unit unit;
    private final ReadBudget budget;

    RangeReader(Unit unit, ReadBudget budget) {
        this.unit = unit;
        this.budget = budget;
    }

    void read(DieValues values, RangeSink into) throws MalformedBinaryException {
        if (values.has(Slot.LOW_PC) && values.has(Slot.HIGH_PC)) {
            long low = unit.address(values, Slot.LOW_PC);
            long high = unit.address(values, Slot.HIGH_PC);
            // Before DWARF 4 an address, since then mostly a length (2.17.2).
            emit(low, isAddress(values.form(Slot.HIGH_PC)) ? high : low + high, into);
        } else if (values.has(Slot.RANGES)) {
            readList(values, into);
        }
    }

    private static boolean isAddress(int form) {
        return form == Dw.FORM_ADDR || Form.isAddressIndex(form);
    }

    private void readList(DieValues values, RangeSink into) throws MalformedBinaryException {
        long value = values.value(Slot.RANGES);
        if (unit.encoding().version() < 5) {
            // The ranges of a skeleton's unit DIE are relative to the section, all others to the base.
            readOldList(value + unit.rangesBase(), into);
        } else if (values.form(Slot.RANGES) == Dw.FORM_RNGLISTX) {
            readNewList(indexedList(value), into);
        } else {
            readNewList(value + unit.rangeListsStart(), into);
        }
    }

    private long indexedList(long index) throws MalformedBinaryException {
        Cursor at = unit.object().sections().rangeLists().cursor();
        long base = unit.rangeListsBase();
        if (index < 0 || index > at.remaining()) {
            throw at.malformed("range list index is " + Long.toUnsignedString(index));
        }
        at.moveTo(base + index * unit.encoding().offsetBytes(), "range list index");
        return base + unit.encoding().offset(at, "range list offset");
    }

    /// Reads a list of `.debug_ranges` (DWARF 4, 2.17.3): pairs of offsets from a base, (all bits, new
    /// base), (0, 0) at the end.
    private void readOldList(long offset, RangeSink into) throws MalformedBinaryException {
        Encoding encoding = unit.encoding();
        Cursor at = unit.rangesBeforeVersion5().cursor();
        at.moveTo(offset, "DW_AT_ranges");
        long base = unit.baseAddress();
        while (true) {
            budget.spend(1, unit.source());
            long low = encoding.address(at, "range begin");
            long high = encoding.address(at, "range end");
            if (low == 0 && high == 0) {
                return;
            }
            if (low == encoding.largestAddress()) {
                base = high;
            } else {
                emit(base + low, base + high, into);
            }
        }
    }

    /// Reads a list of `.debug_rnglists` (DWARF 5, 7.25).
    private void readNewList(long offset, RangeSink into) throws MalformedBinaryException {
        Encoding encoding = unit.encoding();
        Cursor at = unit.object().sections().rangeLists().cursor();
        at.moveTo(offset, "DW_AT_ranges");
        long base = unit.baseAddress();
        while (true) {
            budget.spend(1, unit.source());
            int kind = at.u8("DW_RLE");
            switch (kind) {
                case Dw.RLE_END_OF_LIST -> {
                    return;
                }
                case Dw.RLE_BASE_ADDRESSX -> base = unit.indexedAddress(at.uleb128("base address index"));
                case Dw.RLE_BASE_ADDRESS -> base = encoding.address(at, "base address");
                case Dw.RLE_OFFSET_PAIR -> {
                    long low = at.uleb128("range begin");
                    emitFrom(base, low, at.uleb128("range end"), into);
                }
                case Dw.RLE_STARTX_ENDX -> {
                    long low = unit.indexedAddress(at.uleb128("range begin index"));
                    emit(low, unit.indexedAddress(at.uleb128("range end index")), into);
                }
                case Dw.RLE_STARTX_LENGTH -> {
                    long low = unit.indexedAddress(at.uleb128("range begin index"));
                    emit(low, low + at.uleb128("range length"), into);
                }
                case Dw.RLE_START_END -> {
                    long low = encoding.address(at, "range begin");
                    emit(low, encoding.address(at, "range end"), into);
                }
                case Dw.RLE_START_LENGTH -> {
                    long low = encoding.address(at, "range begin");
                    emit(low, low + at.uleb128("range length"), into);
                }
                default -> throw at.malformed("range list entry of kind " + kind);
            }
        }
    }

    /// Emits a range relative to a base. Pairs relative to dropped code are dropped with it.
    private void emitFrom(long base, long low, long high, RangeSink into) throws MalformedBinaryException {
        if (Long.compareUnsigned(base, unit.encoding().largestAddress() - 1) < 0) {
            emit(base + low, base + high, into);
        }
    }

    private void emit(long low, long high, RangeSink into) throws MalformedBinaryException {
        long largest = unit.encoding().largestAddress();
        long begin = low & largest;
        long end = high & largest;
        if (Long.compareUnsigned(begin, end) < 0
                && Long.compareUnsigned(begin, largest - 1) < 0
                && Long.compareUnsigned(begin, unit.lowestCode()) >= 0) {
            into.range(begin, end);
        }
    }
}
