package dev.stackmapd.elfcore.dwarf;

import java.util.Arrays;

/// Compiles the attribute specifications of one abbreviation: neighbouring attributes of fixed width
/// that no reader needs become one step.
final class AbbreviationBuilder {
    private final Encoding encoding;
    private int[] slots = new int[8];
    private int[] operands = new int[8];
    private long[] constants = new long[8];
    private int[] skips = new int[8];
    private int steps;
    private int skipSteps;
    private int attributes;
    private int taken;

    AbbreviationBuilder(Encoding encoding) {
        this.encoding = encoding;
    }

    /// Returns the number of attributes read since the beginning of the table, over all its
    /// abbreviations.
    int attributes() {
        return attributes;
    }

    void add(long attribute, int form, long constant) {
        attributes++;
        int slot = takeSlot(attribute);
        int bytes = Form.bytes(form, encoding);
        addSkip(form, bytes);
        if (slot != Slot.NONE) {
            addStep(slot, form, constant);
        } else if (bytes == Form.VARIABLE) {
            addStep(Abbreviation.SKIP_FORM, form, 0);
        } else if (steps > 0 && slots[steps - 1] == Abbreviation.SKIP_BYTES) {
            operands[steps - 1] += bytes;
        } else if (bytes > 0) {
            addStep(Abbreviation.SKIP_BYTES, bytes, 0);
        }
    }

    /// Returns the slot of an attribute at its first occurrence, and no slot for repetitions, so that
    /// reading a DIE costs no more than it has bytes.
    private int takeSlot(long attribute) {
        int slot = Slot.of(attribute);
        if (slot == Slot.NONE || (taken & 1 << slot) != 0) {
            return Slot.NONE;
        }
        taken |= 1 << slot;
        return slot;
    }

    Abbreviation finish(int tag, boolean hasChildren) {
        Abbreviation finished = new Abbreviation(
                tag,
                hasChildren,
                encoding,
                Arrays.copyOf(slots, steps),
                Arrays.copyOf(operands, steps),
                Arrays.copyOf(constants, steps),
                Arrays.copyOf(skips, skipSteps));
        steps = 0;
        skipSteps = 0;
        taken = 0;
        return finished;
    }

    private void addStep(int slot, int operand, long constant) {
        if (steps == slots.length) {
            slots = Arrays.copyOf(slots, steps * 2);
            operands = Arrays.copyOf(operands, steps * 2);
            constants = Arrays.copyOf(constants, steps * 2);
        }
        slots[steps] = slot;
        operands[steps] = operand;
        constants[steps++] = constant;
    }

    private void addSkip(int form, int bytes) {
        if (bytes == 0) {
            return;
        }
        if (bytes > 0 && skipSteps > 0 && skips[skipSteps - 1] > 0) {
            skips[skipSteps - 1] += bytes;
            return;
        }
        if (skipSteps == skips.length) {
            skips = Arrays.copyOf(skips, skipSteps * 2);
        }
        skips[skipSteps++] = bytes > 0 ? bytes : -form;
    }
}
