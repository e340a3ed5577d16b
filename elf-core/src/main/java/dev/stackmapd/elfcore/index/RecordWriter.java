package dev.stackmapd.elfcore.index;

/// Packs the fields of records, low bits first, each record into whole bytes. Not thread-safe.
final class RecordWriter {
    /// Bytes after the last record, so that a reader may load 8 bytes anywhere.
    static final int PADDING = 8;

    private final int[] bits;
    private final ByteSink into;
    private int field;
    private long pending;
    private int pendingBits;

    /// @param bits of each field, at most 64
    RecordWriter(int[] bits, ByteSink into) {
        this.bits = bits.clone();
        this.into = into;
    }

    /// Appends the next field of a record.
    void put(long value) {
        long rest = value;
        int left = bits[field];
        while (left > 0) {
            int taken = Math.min(left, Byte.SIZE - pendingBits);
            pending |= (rest & ((1L << taken) - 1)) << pendingBits;
            pendingBits += taken;
            rest >>>= taken;
            left -= taken;
            if (pendingBits == Byte.SIZE) {
                flush();
            }
        }
        field = (field + 1) % bits.length;
        if (field == 0 && pendingBits > 0) {
            flush();
        }
    }

    private void flush() {
        into.u8((int) pending);
        pending = 0;
        pendingBits = 0;
    }
}
