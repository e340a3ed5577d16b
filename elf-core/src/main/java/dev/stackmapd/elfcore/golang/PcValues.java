package dev.stackmapd.elfcore.golang;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// Reads one table that maps each program counter of a function to a number. It consists of pairs in
/// base 128: the change of the number, and the number of steps for which it is then valid. A change of 0
/// that is not the first ends it. The number before the first change is -1.
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

    /// Advances to the next number; `false` where there is none.
    boolean next() throws MalformedBinaryException {
        long change = at.uleb128("value delta");
        if (change == 0 && begun) {
            return false;
        }
        begun = true;
        budget.step(at);
        // Zigzag: if the lowest bit is set, all others are inverted.
        value += (change & 1) != 0 ? ~(change >>> 1) : change >>> 1;
        long length = at.uleb128("pc delta") * quantum;
        if (length < 0) {
            throw at.malformed("pc delta of " + Long.toUnsignedString(length));
        }
        end += length;
        return true;
    }

    /// Returns the current number, which is valid from the end of the one before.
    int value() {
        return (int) value;
    }

    /// Returns the program counter at which the current number ceases to be valid.
    long end() {
        return end;
    }

    /// Returns the number of a program counter that is not below the function's start; -1 where the
    /// table does not reach it.
    int at(long pc) throws MalformedBinaryException {
        while (next()) {
            if (Long.compareUnsigned(pc, end) < 0) {
                return value();
            }
        }
        return NONE;
    }
}
