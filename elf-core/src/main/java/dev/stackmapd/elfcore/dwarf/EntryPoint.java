package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// Passes on the ranges of one DIE and finds the address at which its code is entered (DWARF 5, 2.18):
/// `DW_AT_entry_pc`, else `DW_AT_low_pc`, else the first range of its list. The list's order counts:
/// linkers place the cold part of a function below the hot one, so that the lowest address is often not
/// the entry point.
///
/// An address outside all ranges is ignored, and the first range counts instead. Reused from DIE to DIE;
/// not thread-safe.
final class EntryPoint implements RangeSink {
    private final Unit unit;
    private final RangeReader reader;
    private final RangeSink next;
    private boolean declares;
    private boolean countsFromFirst;
    private long declared;
    private boolean declaredInside;
    private boolean any;
    private long first;

    EntryPoint(Unit unit, ReadBudget budget, RangeSink next) {
        this.unit = unit;
        this.reader = new RangeReader(unit, budget);
        this.next = next;
    }

    /// Reads the ranges of a DIE.
    ///
    /// @return the entry point, 0 where the DIE has no code
    long read(DieValues values) throws MalformedBinaryException {
        any = false;
        first = 0;
        declaredInside = false;
        boolean hasLow = values.has(Slot.LOW_PC);
        declares = hasLow || values.has(Slot.ENTRY_PC);
        countsFromFirst = false;
        declared = hasLow ? unit.address(values, Slot.LOW_PC) : 0;
        if (values.has(Slot.ENTRY_PC)) {
            if (isAddress(values.form(Slot.ENTRY_PC))) {
                declared = unit.address(values, Slot.ENTRY_PC);
            } else {
                // A constant is relative to the base address of the DIE (2.18): its low address or first range.
                declared += values.value(Slot.ENTRY_PC);
                countsFromFirst = !hasLow;
            }
        }
        reader.read(values, this);
        return declaredInside ? declared : first;
    }

    private static boolean isAddress(int form) {
        return form == Dw.FORM_ADDR || Form.isAddressIndex(form);
    }

    @Override
    public void range(long low, long high) throws MalformedBinaryException {
        if (!any) {
            any = true;
            first = low;
            declared += countsFromFirst ? low : 0;
        }
        declaredInside |=
                declares && Long.compareUnsigned(low, declared) <= 0 && Long.compareUnsigned(declared, high) < 0;
        next.range(low, high);
    }
}
