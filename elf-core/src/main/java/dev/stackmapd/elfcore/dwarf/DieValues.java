package dev.stackmapd.elfcore.dwarf;

/// The raw attribute values of the DIE (debugging information entry) that was read last, by [Slot].
/// Reused; not thread-safe.
final class DieValues {
    private final int[] forms = new int[Slot.COUNT];
    private final long[] values = new long[Slot.COUNT];
    private int present;

    void clear() {
        present = 0;
    }

    void set(int slot, int form, long value) {
        forms[slot] = form;
        values[slot] = value;
        present |= 1 << slot;
    }

    boolean has(int slot) {
        return (present & 1 << slot) != 0;
    }

    int form(int slot) {
        return forms[slot];
    }

    /// Returns the raw value of an attribute. Call it only if [#has] returns true.
    long value(int slot) {
        return values[slot];
    }

    /// Returns a small number such as a line; 0 where there is none or it does not fit.
    int count(int slot) {
        long value = has(slot) ? values[slot] : 0;
        return value >= 0 && value <= Integer.MAX_VALUE ? (int) value : 0;
    }

    boolean flag(int slot) {
        return has(slot) && values[slot] != 0;
    }

    /// Returns true if the DIE has ranges of code. `DW_AT_low_pc` alone is none.
    boolean hasCode() {
        return has(Slot.RANGES) || (has(Slot.LOW_PC) && has(Slot.HIGH_PC));
    }
}
