package dev.stackmapd.elfcore.bytes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Reads numbers and bytes one after the other from a bounded part of a file, and refuses to step outside it.
///
/// The only class that checks bounds. It knows from birth what it reads and where in the file that lies, so that
/// every refusal names the byte: `xxd -s` lands on it. Positions count from the beginning of the part, offsets
/// from the beginning of the file. Not thread-safe; make one for each thread.
public final class Cursor {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String source;
    private final MemorySegment bytes;
    private final long baseOffset;
    // A flag instead of layouts in fields: only constant layouts compile to one load.
    private final boolean swapped;
    private long position;

    /// @param source what is read, for errors, e.g. `libc.so.6 .symtab`
    /// @param baseOffset where `bytes` begin in the file
    Cursor(String source, MemorySegment bytes, long baseOffset, ByteOrder order) {
        this.source = source;
        this.bytes = bytes;
        this.baseOffset = baseOffset;
        this.swapped = order == ByteOrder.BIG_ENDIAN;
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
        return bytes.byteSize() - position;
    }

    /// Goes to a position that was read from the file, unsigned; the end itself is allowed.
    ///
    /// @param what the field that gave it, in the specification's words
    public void moveTo(long to, String what) throws MalformedBinaryException {
        if (Long.compareUnsigned(to, bytes.byteSize()) > 0) {
            throw malformed(what + " is 0x" + Long.toHexString(to) + ", but there are " + bytes.byteSize() + " bytes");
        }
        position = to;
    }

    public void skip(long length, String what) throws MalformedBinaryException {
        claim(length, what);
    }

    public int u8(String what) throws MalformedBinaryException {
        return bytes.get(ValueLayout.JAVA_BYTE, claim(1, what)) & 0xff;
    }

    public int u16(String what) throws MalformedBinaryException {
        short value = bytes.get(SHORT, claim(Short.BYTES, what));
        return (swapped ? Short.reverseBytes(value) : value) & 0xffff;
    }

    public long u32(String what) throws MalformedBinaryException {
        int value = bytes.get(INT, claim(Integer.BYTES, what));
        return (swapped ? Integer.reverseBytes(value) : value) & 0xffff_ffffL;
    }

    /// All 64 bits; the caller compares unsigned.
    public long u64(String what) throws MalformedBinaryException {
        long value = bytes.get(LONG, claim(Long.BYTES, what));
        return swapped ? Long.reverseBytes(value) : value;
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
        for (int length = 0; length < end; length++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, position + length) == 0) {
                return length;
            }
        }
        throw malformed(what + " does not end within " + end + " bytes");
    }

    /// Whether the next bytes are exactly these and then a NUL. Does not move.
    public boolean startsWithString(byte[] expected) {
        if (remaining() <= expected.length || bytes.get(ValueLayout.JAVA_BYTE, position + expected.length) != 0) {
            return false;
        }
        MemorySegment here = bytes.asSlice(position, expected.length);
        return here.mismatch(MemorySegment.ofArray(expected)) == -1;
    }

    /// An error at the byte that would be read next.
    public MalformedBinaryException malformed(String reason) {
        return new MalformedBinaryException(source, fileOffset(), reason);
    }

    private long claim(long length, String what) throws MalformedBinaryException {
        if (Long.compareUnsigned(length, remaining()) > 0) {
            throw malformed(what + " needs " + Long.toUnsignedString(length) + " bytes, " + remaining() + " remain");
        }
        long at = position;
        position += length;
        return at;
    }
}
