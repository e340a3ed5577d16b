package dev.stackmapd.elfcore.golang;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// Steps of program counter tables that one look-up may still take: calls may name each other in a circle, and
/// tables may be as long as the file.
final class StepBudget {
    private long left;

    StepBudget(long limit) {
        this.left = limit;
    }

    void step(Cursor at) throws MalformedBinaryException {
        if (--left < 0) {
            throw at.malformed("program counter tables without end");
        }
    }
}
