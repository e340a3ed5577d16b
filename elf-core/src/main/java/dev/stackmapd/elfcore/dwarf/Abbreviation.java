package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// One abbreviation declaration (DWARF 5, 7.5.3), compiled for one [Encoding]: neighbouring attributes
/// that can be skipped together are one step. The attributes of most DIEs have a fixed width, so
/// skipping such a DIE is one addition.
///
/// Immutable and thread-safe.
final class Abbreviation {
    static final int SKIP_BYTES = -2;
    static final int SKIP_FORM = -1;

    private final int tag;
    private final boolean hasChildren;
    private final Encoding encoding;
    // For each step: a slot to read into, or one of the two ways to skip; its form, or bytes to skip.
    private final int[] slots;
    private final int[] operands;
    private final long[] constants;
    // Bytes if positive, else the negated form.
    private final int[] skips;

    Abbreviation(
            int tag,
            boolean hasChildren,
            Encoding encoding,
            int[] slots,
            int[] operands,
            long[] constants,
            int[] skips) {
        this.tag = tag;
        this.hasChildren = hasChildren;
        this.encoding = encoding;
        this.slots = slots;
        this.operands = operands;
        this.constants = constants;
        this.skips = skips;
    }

    int tag() {
        return tag;
    }

    boolean hasChildren() {
        return hasChildren;
    }

    /// Returns what reading a DIE costs, in steps of a [ReadBudget].
    int cost() {
        return 1 + (slots.length >> 3);
    }

    /// Skips the attributes of a DIE.
    void skip(Cursor at) throws MalformedBinaryException {
        for (int step : skips) {
            if (step > 0) {
                at.skip(step, "attributes");
            } else {
                Form.skip(-step, at, encoding);
            }
        }
    }

    /// Reads the attributes that have a slot and skips the others.
    void read(Cursor at, DieValues into) throws MalformedBinaryException {
        into.clear();
        for (int i = 0; i < slots.length; i++) {
            switch (slots[i]) {
                case SKIP_BYTES -> at.skip(operands[i], "attributes");
                case SKIP_FORM -> Form.skip(operands[i], at, encoding);
                default -> read(i, at, into);
            }
        }
    }

    private void read(int step, Cursor at, DieValues into) throws MalformedBinaryException {
        int form = operands[step];
        if (form == Dw.FORM_IMPLICIT_CONST) {
            into.set(slots[step], form, constants[step]);
            return;
        }
        int actual = form == Dw.FORM_INDIRECT ? Form.indirect(at) : form;
        into.set(slots[step], actual, Form.read(actual, at, encoding));
    }
}
