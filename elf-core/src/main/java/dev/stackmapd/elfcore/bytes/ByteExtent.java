package dev.stackmapd.elfcore.bytes;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// A bounded part of a file, such as one section: a source of [Cursor]s that needs no further check of
/// its bounds.
///
/// Immutable and thread-safe. Valid until the [MappedBytes] that it is part of is closed.
public final class ByteExtent {
    private final String source;
    private final MemorySegment ready;
    private final @Nullable ProducedBytes produced;
    private final long start;
    private final long size;
    private final long baseOffset;
    private final ByteOrder order;

    /// @param baseOffset where `bytes` begin in the file
    ByteExtent(String source, MemorySegment bytes, long baseOffset, ByteOrder order) {
        this(source, bytes, null, 0, bytes.byteSize(), baseOffset, order);
    }

    /// A part of bytes that are made when they are read.
    ByteExtent(String source, ProducedBytes produced, long start, long size, long baseOffset, ByteOrder order) {
        this(source, MemorySegment.NULL, produced, start, size, baseOffset, order);
    }

    private ByteExtent(
            String source,
            MemorySegment ready,
            @Nullable ProducedBytes produced,
            long start,
            long size,
            long baseOffset,
            ByteOrder order) {
        this.source = source;
        this.ready = ready;
        this.produced = produced;
        this.start = start;
        this.size = size;
        this.baseOffset = baseOffset;
        this.order = order;
    }

    /// Returns a part without bytes, for a section that a file does not have. Every read from it fails.
    public static ByteExtent empty(String source, ByteOrder order) {
        return new ByteExtent(source, MemorySegment.NULL, 0, order);
    }

    /// Returns the name of the file and of this part for error messages, e.g. `libc.so.6 .debug_info`.
    public String source() {
        return source;
    }

    /// Returns the number of bytes.
    public long size() {
        return size;
    }

    /// Returns the byte order in which cursors over this part read numbers.
    public ByteOrder order() {
        return order;
    }

    /// Returns a cursor over the whole part, positioned at its first byte.
    public Cursor cursor() {
        return produced == null
                ? new Cursor(source, ready, baseOffset, order)
                : new Cursor(source, produced, start, size, baseOffset, order);
    }

    /// Returns the bytes `[offset, offset + length)` of this part. Both numbers come from the file and
    /// are unsigned.
    ///
    /// @param what the field that has them, for the error
    /// @throws MalformedBinaryException if the range does not lie in this part
    public ByteExtent part(long offset, long length, String what) throws MalformedBinaryException {
        if (Long.compareUnsigned(offset, size) > 0 || Long.compareUnsigned(length, size - offset) > 0) {
            throw new MalformedBinaryException(
                    source,
                    baseOffset,
                    what + " is 0x" + Long.toHexString(length) + " bytes at 0x" + Long.toHexString(offset)
                            + ", but there are 0x" + Long.toHexString(size));
        }
        return produced == null
                ? new ByteExtent(source, ready.asSlice(offset, length), baseOffset + offset, order)
                : new ByteExtent(source, produced, start + offset, length, baseOffset + offset, order);
    }
}
