package dev.stackmapd.elfcore.golang;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// One table that gives each program counter of a function a number: pairs of how much the number changes and for
/// how many steps it then holds, both in base 128, until a change of 0 that is not the first. Begins at -1.
final class PcValues {
    private static final int NONE = -1;

    private final Cursor at;
    private final int quantum;
    private final StepBudget budget;
    private long value = NONE;
    private long end;
    private boolean begun;

    /// @param entry where the function begins
    PcValues(Cursor at, long entry, int quantum, StepBudget budget) {
        this.at = at;
        this.quantum = quantum;
        this.budget = budget;
        this.end = entry;
    }

    /// Goes on to the next number; `false` where there is none.
    boolean next() throws MalformedBinaryException {
        long change = at.uleb128("value delta");
        if (change == 0 && begun) {
            return false;
        }
        begun = true;
        budget.step(at);
        // Zigzag: the lowest bit says that all others are inverted.
        value += (change & 1) != 0 ? ~(change >>> 1) : change >>> 1;
        long length = at.uleb128("pc delta") * quantum;
        if (length < 0) {
            throw at.malformed("pc delta of " + Long.toUnsignedString(length));
        }
        end += length;
        return true;
    }

    /// The number that holds from the end of the one before.
    int value() {
        return (int) value;
    }

    /// Where it ceases to hold.
    long end() {
        return end;
    }

    /// The number of a program counter that is not below the entry, -1 where the table does not reach it.
    int at(long pc) throws MalformedBinaryException {
        while (next()) {
            if (Long.compareUnsigned(pc, end) < 0) {
                return value();
            }
        }
        return NONE;
    }
}
