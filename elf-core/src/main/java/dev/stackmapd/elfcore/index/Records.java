package dev.stackmapd.elfcore.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A section of bit-packed records. Immutable and thread-safe; reading outside it is an
/// `IndexOutOfBoundsException`.
final class Records {
    /// The widest field that one load of 8 bytes holds at any bit position.
    private static final int WIDEST_IN_ONE = 57;

    private final MemorySegment bytes;
    private final int count;
    private final int recordBytes;
    private final int[] starts;
    private final int[] widths;

    /// @param widths bits of each field, at most 64
    Records(MemorySegment bytes, int count, int[] widths) {
        this.bytes = bytes;
        this.count = count;
        this.widths = widths.clone();
        this.starts = new int[widths.length];
        int bits = 0;
        for (int i = 0; i < widths.length; i++) {
            starts[i] = bits;
            bits += widths[i];
        }
        this.recordBytes = (bits + 7) >>> 3;
    }

    /// Returns the bytes that `count` records take, including the padding after them.
    static long expectedBytes(int count, int[] widths) {
        int bits = 0;
        for (int width : widths) {
            bits += width;
        }
        return (long) count * ((bits + 7) >>> 3) + RecordWriter.PADDING;
    }

    /// Returns the position of a record, for [#field].
    long at(int record) {
        if (record < 0 || record >= count) {
            throw new IndexOutOfBoundsException("record " + record + " of " + count);
        }
        return (long) record * recordBytes;
    }

    /// @param at the position of the record
    long field(long at, int field) {
        int width = widths[field];
        if (width > WIDEST_IN_ONE) {
            return wide(at, field);
        }
        int start = starts[field];
        long loaded = bytes.get(IndexFormat.LONG, at + (start >>> 3)) >>> (start & 7);
        return loaded & ((1L << width) - 1);
    }

    private long wide(long at, int field) {
        long value = 0;
        for (int i = 0; i < widths[field]; i++) {
            int bit = starts[field] + i;
            long part = (bytes.get(ValueLayout.JAVA_BYTE, at + (bit >>> 3)) >>> (bit & 7)) & 1L;
            value |= part << i;
        }
        return value;
    }
}
