package dev.stackmapd.elfcore.bytes;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Holds a few KiB of a source at a time, for readers that need little of a large file and must not map
/// it.
///
/// [#holds] makes sure that bytes are in the window and reads the source only where they are not; the
/// getters take file offsets that the last `holds` covered. What was read is a copy: a file that is
/// being rewritten cannot change between a check and its use, as long as a reader does not ask twice.
/// Not thread-safe.
public final class Window {
    /// Bytes read at once. Headers and notes of nearly every file lie in the first 4 KiB.
    public static final int SIZE = 4096;

    private static final VarHandle LITTLE_SHORT = view(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LITTLE_INT = view(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LITTLE_LONG = view(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final RandomAccessBytes source;
    private final byte[] buffer = new byte[SIZE];
    private long base;
    private int filled;
    private boolean swapped;

    public Window(RandomAccessBytes source) {
        this.source = source;
    }

    /// Sets the byte order. It is little-endian until this is called.
    public void order(ByteOrder order) {
        swapped = order == ByteOrder.BIG_ENDIAN;
    }

    /// Returns true if the source has all of `[offset, offset + length)`. Then that range can be read
    /// until the next call.
    ///
    /// @param offset unsigned; nothing lies above 2^63
    /// @param length at most [#SIZE]
    public boolean holds(long offset, int length) throws IOException {
        if (offset < 0) {
            return false;
        }
        if (offset < base || offset - base > filled - length) {
            base = offset;
            filled = source.read(offset, buffer, SIZE);
        }
        return length <= filled;
    }

    /// Returns the byte at a file offset, unsigned. The last call of [#holds] must have covered it.
    public int u8(long at) {
        return buffer[index(at)] & 0xff;
    }

    /// Returns 16 bits at a file offset, unsigned. The last call of [#holds] must have covered them.
    public int u16(long at) {
        short value = (short) LITTLE_SHORT.get(buffer, index(at));
        return (swapped ? Short.reverseBytes(value) : value) & 0xffff;
    }

    /// Returns 32 bits at a file offset, unsigned. The last call of [#holds] must have covered them.
    public long u32(long at) {
        int value = (int) LITTLE_INT.get(buffer, index(at));
        return (swapped ? Integer.reverseBytes(value) : value) & 0xffff_ffffL;
    }

    /// Returns 64 bits at a file offset; the caller must compare them as unsigned. The last call of
    /// [#holds] must have covered them.
    public long u64(long at) {
        long value = (long) LITTLE_LONG.get(buffer, index(at));
        return swapped ? Long.reverseBytes(value) : value;
    }

    /// Returns a copy of the bytes at a file offset. The last call of [#holds] must have covered them.
    public byte[] copy(long at, int length) {
        int from = index(at);
        return Arrays.copyOfRange(buffer, from, from + length);
    }

    private int index(long at) {
        return (int) (at - base);
    }

    private static VarHandle view(Class<?> arrayType, ByteOrder order) {
        return MethodHandles.byteArrayViewVarHandle(arrayType, order);
    }
}
