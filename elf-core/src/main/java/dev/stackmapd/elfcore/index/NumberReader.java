package dev.stackmapd.elfcore.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Reads numbers in base 128 that this build wrote. Not thread-safe.
final class NumberReader {
    private MemorySegment bytes = MemorySegment.NULL;
    private long at;

    void over(MemorySegment segment) {
        bytes = segment;
        at = 0;
    }

    boolean exhausted() {
        return at >= bytes.byteSize();
    }

    long next() {
        long value = 0;
        int shift = 0;
        byte part = bytes.get(ValueLayout.JAVA_BYTE, at++);
        while (part < 0) {
            value |= (part & 0x7fL) << shift;
            shift += 7;
            part = bytes.get(ValueLayout.JAVA_BYTE, at++);
        }
        return value | (long) part << shift;
    }
}
