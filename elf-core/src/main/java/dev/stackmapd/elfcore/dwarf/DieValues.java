package dev.stackmapd.elfcore.dwarf;

/// The raw attribute values of the debugging information entry that was read last, by [Slot]. Reused; not
/// thread-safe.
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

    /// The raw value; only where [#has] says so.
    long value(int slot) {
        return values[slot];
    }

    /// A small count such as a line, 0 where there is none or it does not fit.
    int count(int slot) {
        long value = has(slot) ? values[slot] : 0;
        return value >= 0 && value <= Integer.MAX_VALUE ? (int) value : 0;
    }

    boolean flag(int slot) {
        return has(slot) && values[slot] != 0;
    }

    /// Whether the entry places code: a lone `DW_AT_low_pc` does not.
    boolean hasCode() {
        return has(Slot.RANGES) || (has(Slot.LOW_PC) && has(Slot.HIGH_PC));
    }
}
