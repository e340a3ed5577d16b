package dev.stackmapd.elfcore.golang;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// Limits the steps in program counter tables that one look-up may take: calls may form a cycle, and
/// tables may be as long as the file.
final class StepBudget {
    private long left;

    StepBudget(long limit) {
        this.left = limit;
    }

    void step(Cursor at) throws MalformedBinaryException {
        if (--left < 0) {
            throw at.malformed("the program counter tables take too many steps");
        }
    }
}
