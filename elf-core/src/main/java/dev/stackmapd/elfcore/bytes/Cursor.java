package dev.stackmapd.elfcore.bytes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads numbers and bytes one after the other from a bounded part of a file. A read outside the part
/// throws a [MalformedBinaryException].
///
/// This is the only class that checks bounds. It is created with the name of what it reads and the
/// offset of that in the file, so that every error states the file offset (for `xxd -s`). Positions
/// count from the beginning of the part, offsets from the beginning of the file. Not thread-safe; make
/// one for each thread.
public final class Cursor {
    /// The most bytes of one LEB128 number. Linkers pad numbers that they shorten in place, but never
    /// beyond this.
    public static final int MAX_LEB_BYTES = 16;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String source;
    private final @Nullable ProducedBytes produced;
    private final long start;
    private final long size;
    private final long baseOffset;
    // A flag instead of layouts in fields: only constant layouts compile to one load.
    private final boolean swapped;
    private long position;
    // The portion of this part that is in memory: all of it, unless the bytes are produced when they are read.
    private MemorySegment bytes;
    private long memoryStart;
    private long memoryEnd;

    /// @param source what is read, for errors, e.g. `libc.so.6 .symtab`
    /// @param baseOffset where `bytes` begin in the file
    Cursor(String source, MemorySegment bytes, long baseOffset, ByteOrder order) {
        this.source = source;
        this.produced = null;
        this.start = 0;
        this.size = bytes.byteSize();
        this.baseOffset = baseOffset;
        this.swapped = order == ByteOrder.BIG_ENDIAN;
        this.bytes = bytes;
        this.memoryEnd = size;
    }

    /// @param start where this part begins in bytes that are made when they are read
    Cursor(String source, ProducedBytes produced, long start, long size, long baseOffset, ByteOrder order) {
        this.source = source;
        this.produced = produced;
        this.start = start;
        this.size = size;
        this.baseOffset = baseOffset;
        this.swapped = order == ByteOrder.BIG_ENDIAN;
        this.bytes = MemorySegment.NULL;
    }

    /// Returns the position: bytes from the beginning of this part.
    public long position() {
        return position;
    }

    /// Returns the file offset of the next byte.
    public long fileOffset() {
        return baseOffset + position;
    }

    /// Returns the number of bytes from the position to the end of this part.
    public long remaining() {
        return size - position;
    }

    /// Moves to a position that was read from the file, unsigned. The end of the part is allowed.
    ///
    /// @param what the field that gave it, in the specification's words
    public void moveTo(long to, String what) throws MalformedBinaryException {
        if (Long.compareUnsigned(to, size) > 0) {
            throw malformed(what + " is 0x" + Long.toHexString(to) + ", but there are " + size + " bytes");
        }
        position = to;
        if (to < memoryStart || to > memoryEnd) {
            forgetMemory();
        }
    }

    /// Skips bytes without reading them.
    public void skip(long length, String what) throws MalformedBinaryException {
        if (Long.compareUnsigned(length, remaining()) > 0) {
            throw tooFew(length, what);
        }
        position += length;
        if (position > memoryEnd) {
            forgetMemory();
        }
    }

    /// Reads 8 bits, unsigned.
    public int u8(String what) throws MalformedBinaryException {
        long at = claim(1, what);
        return bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    /// Reads 16 bits, unsigned.
    public int u16(String what) throws MalformedBinaryException {
        long at = claim(Short.BYTES, what);
        short value = bytes.get(SHORT, at);
        return (swapped ? Short.reverseBytes(value) : value) & 0xffff;
    }

    /// Reads 32 bits, unsigned.
    public long u32(String what) throws MalformedBinaryException {
        long at = claim(Integer.BYTES, what);
        int value = bytes.get(INT, at);
        return (swapped ? Integer.reverseBytes(value) : value) & 0xffff_ffffL;
    }

    /// Reads 64 bits. The caller must compare them as unsigned.
    public long u64(String what) throws MalformedBinaryException {
        long at = claim(Long.BYTES, what);
        long value = bytes.get(LONG, at);
        return swapped ? Long.reverseBytes(value) : value;
    }

    /// Reads 24 bits, unsigned.
    public int u24(String what) throws MalformedBinaryException {
        long at = claim(3, what);
        int first = bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
        int middle = (bytes.get(ValueLayout.JAVA_BYTE, at + 1) & 0xff) << 8;
        int last = bytes.get(ValueLayout.JAVA_BYTE, at + 2) & 0xff;
        return swapped ? (first << 16) | middle | last : first | middle | (last << 16);
    }

    /// Reads an unsigned LEB128 number (DWARF 5, 7.6). Throws if it has more than 64 significant bits or
    /// more than [#MAX_LEB_BYTES] bytes.
    public long uleb128(String what) throws MalformedBinaryException {
        long value = 0;
        for (int shift = 0; shift < 7 * MAX_LEB_BYTES; shift += 7) {
            int next = u8(what);
            long payload = next & 0x7f;
            if (payload != 0 && (shift > 63 || (payload << shift) >>> shift != payload)) {
                throw malformed(what + " has more than 64 bits");
            }
            value |= shift > 63 ? 0 : payload << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw malformed(what + " has more than " + MAX_LEB_BYTES + " bytes");
    }

    /// Reads a signed LEB128 number (DWARF 5, 7.6). Bits beyond the 64th are dropped.
    public long sleb128(String what) throws MalformedBinaryException {
        long value = 0;
        for (int shift = 0; shift < 7 * MAX_LEB_BYTES; shift += 7) {
            int next = u8(what);
            value |= shift > 63 ? 0 : (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return shift < 57 && (next & 0x40) != 0 ? value | (-1L << (shift + 7)) : value;
            }
        }
        throw malformed(what + " has more than " + MAX_LEB_BYTES + " bytes");
    }

    /// Skips a LEB128 number, signed or unsigned.
    public void skipLeb128(String what) throws MalformedBinaryException {
        for (int i = 0; i < MAX_LEB_BYTES; i++) {
            if (u8(what) < 0x80) {
                return;
            }
        }
        throw malformed(what + " has more than " + MAX_LEB_BYTES + " bytes");
    }

    /// Skips a string and the NUL at its end, which must lie in this part.
    public void skipString(String what) throws MalformedBinaryException {
        skip(lengthToNul(Integer.MAX_VALUE, what) + 1L, what);
    }

    /// Reads text up to the next NUL, which must lie in this part and within `limit` bytes, and skips
    /// the NUL. Bytes that are not UTF-8 become U+FFFD.
    public String string(int limit, String what) throws MalformedBinaryException {
        byte[] text = take(lengthToNul(limit, what), what);
        position++;
        return new String(text, StandardCharsets.UTF_8);
    }

    /// Fills a buffer with the next bytes. Throws before it copies if too few remain.
    public void takeInto(ByteBuffer into, String what) throws MalformedBinaryException {
        int length = into.remaining();
        long at = claim(length, what);
        MemorySegment.copy(bytes, at, MemorySegment.ofBuffer(into), 0, length);
        into.position(into.limit());
    }

    /// Returns a copy of the next `length` bytes. Throws before it allocates if too few remain.
    public byte[] take(int length, String what) throws MalformedBinaryException {
        long at = claim(length, what);
        byte[] copy = new byte[length];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, copy, 0, length);
        return copy;
    }

    /// Returns the number of bytes before the next NUL, which must lie in this part and within `limit`
    /// bytes. Does not move the position.
    public int lengthToNul(int limit, String what) throws MalformedBinaryException {
        long end = Math.min(remaining(), limit);
        int length = 0;
        while (length < end) {
            require(length + 1L, what);
            long inMemory = Math.min(end, memoryEnd - position);
            for (long at = position - memoryStart; length < inMemory; length++) {
                if (bytes.get(ValueLayout.JAVA_BYTE, at + length) == 0) {
                    return length;
                }
            }
        }
        throw malformed(what + " does not end within " + end + " bytes");
    }

    /// Returns true if the next bytes are exactly these and then a NUL. Does not move the position.
    public boolean startsWithString(byte[] expected) throws MalformedBinaryException {
        if (remaining() <= expected.length) {
            return false;
        }
        require(expected.length + 1L, "string");
        long at = position - memoryStart;
        return bytes.get(ValueLayout.JAVA_BYTE, at + expected.length) == 0
                && bytes.asSlice(at, expected.length).mismatch(MemorySegment.ofArray(expected)) == -1;
    }

    /// Returns an error with the file offset of the next byte.
    public MalformedBinaryException malformed(String reason) {
        return new MalformedBinaryException(source, fileOffset(), reason);
    }

    /// Advances over bytes that are about to be read. It may replace [#bytes], so call it before that
    /// field is read.
    ///
    /// @return their offset in [#bytes]
    private long claim(long length, String what) throws MalformedBinaryException {
        require(length, what);
        long at = position - memoryStart;
        position += length;
        return at;
    }

    /// Makes sure that the next bytes are in memory.
    private void require(long length, String what) throws MalformedBinaryException {
        if (length > memoryEnd - position || length < 0) {
            load(length, what);
        }
    }

    private void load(long length, String what) throws MalformedBinaryException {
        if (Long.compareUnsigned(length, remaining()) > 0) {
            throw tooFew(length, what);
        }
        if (produced != null && length > 0) {
            bytes = produced.upTo(start + position + length);
            memoryStart = -start;
            memoryEnd = Math.min(size, bytes.byteSize() - start);
        }
    }

    private void forgetMemory() {
        bytes = MemorySegment.NULL;
        memoryStart = position;
        memoryEnd = position;
    }

    private MalformedBinaryException tooFew(long length, String what) {
        return malformed(what + " needs " + Long.toUnsignedString(length) + " bytes, " + remaining() + " remain");
    }
}
