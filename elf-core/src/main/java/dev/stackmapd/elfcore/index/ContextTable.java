package dev.stackmapd.elfcore.index;

import java.lang.foreign.MemorySegment;

/// The contexts of an open index. It is like [Records], but has the position of each field in a Java
/// field of its own, because chains of contexts are half of the cost of a look-up. Immutable and
/// thread-safe.
final class ContextTable {
    private final MemorySegment bytes;
    private final int count;
    private final int recordBytes;
    private final long parentMask;
    private final int functionBit;
    private final long functionMask;
    private final int fileBit;
    private final long fileMask;
    private final int lineBit;
    private final long lineMask;
    private final int columnBit;
    private final long columnMask;

    /// @param bits of each field, at most 32
    ContextTable(MemorySegment bytes, int count, int[] bits) {
        this.bytes = bytes;
        this.count = count;
        this.parentMask = mask(bits[0]);
        this.functionBit = bits[0];
        this.functionMask = mask(bits[1]);
        this.fileBit = functionBit + bits[1];
        this.fileMask = mask(bits[2]);
        this.lineBit = fileBit + bits[2];
        this.lineMask = mask(bits[3]);
        this.columnBit = lineBit + bits[3];
        this.columnMask = mask(bits[4]);
        this.recordBytes = (columnBit + bits[4] + 7) >>> 3;
    }

    private static long mask(int bits) {
        return (1L << bits) - 1;
    }

    /// Adds the frames of a context, innermost first, to a cursor that already has the place of the
    /// innermost one.
    void addFrames(int innermost, FrameCursor into) {
        int context = innermost;
        for (int frame = 0; ; frame++) {
            if (context <= 0 || context >= count) {
                throw new IndexOutOfBoundsException("context " + context + " of " + count);
            }
            long record = (long) context * recordBytes;
            into.function(frame, (int) field(record, functionBit, functionMask));
            int parent = (int) (bytes.get(IndexFormat.LONG, record) & parentMask);
            if (parent == 0) {
                return;
            }
            // A chain that is longer than any build writes ends with the cursor's arrays.
            into.place((int) field(record, fileBit, fileMask), (int) field(record, lineBit, lineMask), (int)
                    field(record, columnBit, columnMask));
            context -= parent;
        }
    }

    private long field(long record, int bit, long mask) {
        return bytes.get(IndexFormat.LONG, record + (bit >>> 3)) >>> (bit & 7) & mask;
    }
}
