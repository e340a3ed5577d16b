package dev.stackmapd.elfcore.bytes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads numbers and bytes one after the other from a bounded part of a file, and refuses to step outside it.
///
/// The only class that checks bounds. It knows from birth what it reads and where in the file that lies, so that
/// every refusal names the byte: `xxd -s` lands on it. Positions count from the beginning of the part, offsets
/// from the beginning of the file. Not thread-safe; make one for each thread.
public final class Cursor {
    /// Linkers pad numbers in base 128 that they shorten in place; none needs more bytes than this.
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
    // What of this part is in memory and how it lies there: everything, unless the bytes are made when they are read.
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

    /// Bytes from the beginning of this part.
    public long position() {
        return position;
    }

    /// Where in the file the next byte is read.
    public long fileOffset() {
        return baseOffset + position;
    }

    public long remaining() {
        return size - position;
    }

    /// Goes to a position that was read from the file, unsigned; the end itself is allowed.
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

    /// Goes past bytes without reading them.
    public void skip(long length, String what) throws MalformedBinaryException {
        if (Long.compareUnsigned(length, remaining()) > 0) {
            throw tooFew(length, what);
        }
        position += length;
        if (position > memoryEnd) {
            forgetMemory();
        }
    }

    public int u8(String what) throws MalformedBinaryException {
        long at = claim(1, what);
        return bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    public int u16(String what) throws MalformedBinaryException {
        long at = claim(Short.BYTES, what);
        short value = bytes.get(SHORT, at);
        return (swapped ? Short.reverseBytes(value) : value) & 0xffff;
    }

    public long u32(String what) throws MalformedBinaryException {
        long at = claim(Integer.BYTES, what);
        int value = bytes.get(INT, at);
        return (swapped ? Integer.reverseBytes(value) : value) & 0xffff_ffffL;
    }

    /// All 64 bits; the caller compares unsigned.
    public long u64(String what) throws MalformedBinaryException {
        long at = claim(Long.BYTES, what);
        long value = bytes.get(LONG, at);
        return swapped ? Long.reverseBytes(value) : value;
    }

    /// 24 bits.
    public int u24(String what) throws MalformedBinaryException {
        long at = claim(3, what);
        int first = bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
        int middle = (bytes.get(ValueLayout.JAVA_BYTE, at + 1) & 0xff) << 8;
        int last = bytes.get(ValueLayout.JAVA_BYTE, at + 2) & 0xff;
        return swapped ? (first << 16) | middle | last : first | middle | (last << 16);
    }

    /// An unsigned number in base 128 (DWARF 5, 7.6). More than 64 significant bits are refused, and so is padding
    /// beyond [#MAX_LEB_BYTES].
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

    /// A signed number in base 128 (DWARF 5, 7.6); bits beyond the 64th are dropped.
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

    /// Goes past a number in base 128 of either kind.
    public void skipLeb128(String what) throws MalformedBinaryException {
        for (int i = 0; i < MAX_LEB_BYTES; i++) {
            if (u8(what) < 0x80) {
                return;
            }
        }
        throw malformed(what + " has more than " + MAX_LEB_BYTES + " bytes");
    }

    /// Goes past the next NUL, which must come within this part.
    public void skipString(String what) throws MalformedBinaryException {
        skip(lengthToNul(Integer.MAX_VALUE, what) + 1L, what);
    }

    /// Reads text to the next NUL, which must come within this part and `limit` bytes, and goes past it. Bytes that
    /// are not UTF-8 become U+FFFD.
    public String string(int limit, String what) throws MalformedBinaryException {
        byte[] text = take(lengthToNul(limit, what), what);
        position++;
        return new String(text, StandardCharsets.UTF_8);
    }

    /// Copies the next bytes into a buffer, as many as it has room for, which are known to be there.
    public void takeInto(ByteBuffer into, String what) throws MalformedBinaryException {
        int length = into.remaining();
        long at = claim(length, what);
        MemorySegment.copy(bytes, at, MemorySegment.ofBuffer(into), 0, length);
        into.position(into.limit());
    }

    /// Copies the next `length` bytes, which are known to be there before anything is allocated.
    public byte[] take(int length, String what) throws MalformedBinaryException {
        long at = claim(length, what);
        byte[] copy = new byte[length];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, copy, 0, length);
        return copy;
    }

    /// Bytes from here to the next NUL, which must come within this part and `limit` bytes. Does not move.
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

    /// Whether the next bytes are exactly these and then a NUL. Does not move.
    public boolean startsWithString(byte[] expected) throws MalformedBinaryException {
        if (remaining() <= expected.length) {
            return false;
        }
        require(expected.length + 1L, "string");
        long at = position - memoryStart;
        return bytes.get(ValueLayout.JAVA_BYTE, at + expected.length) == 0
                && bytes.asSlice(at, expected.length).mismatch(MemorySegment.ofArray(expected)) == -1;
    }

    /// An error at the byte that would be read next.
    public MalformedBinaryException malformed(String reason) {
        return new MalformedBinaryException(source, fileOffset(), reason);
    }

    /// Goes past bytes that are read now. May change [#bytes], so ask before you name them.
    ///
    /// @return where they lie there
    private long claim(long length, String what) throws MalformedBinaryException {
        require(length, what);
        long at = position - memoryStart;
        position += length;
        return at;
    }

    /// Has the next bytes in memory.
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
