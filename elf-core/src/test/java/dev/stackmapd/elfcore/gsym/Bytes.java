package dev.stackmapd.elfcore.gsym;

import java.util.Arrays;

/// Appends bytes, little-endian. Not thread-safe.
final class Bytes {
    private byte[] bytes = new byte[1 << 10];
    private int size;

    byte[] array() {
        return bytes;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    private void require(int more) {
        if (more > bytes.length - size) {
            long wanted = Math.max(2L * bytes.length, (long) size + more);
            bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
        }
    }

    void fixed(long value, int width) {
        require(width);
        for (int i = 0; i < width; i++) {
            bytes[size++] = (byte) (value >>> (i * Byte.SIZE));
        }
    }

    void u32(long value) {
        fixed(value, Integer.BYTES);
    }

    void u8(int value) {
        fixed(value, 1);
    }

    void bytes(byte[] from, int length) {
        require(length);
        System.arraycopy(from, 0, bytes, size, length);
        size += length;
    }

    void uleb128(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            u8((int) (rest | 0x80));
            rest >>>= 7;
        }
        u8((int) rest);
    }

    void sleb128(long value) {
        long rest = value;
        while (rest < -64 || rest > 63) {
            u8((int) (rest | 0x80));
            rest >>= 7;
        }
        u8((int) (rest & 0x7f));
    }

    void alignTo(int width) {
        while (size % width != 0) {
            u8(0);
        }
    }

    /// Overwrites a number that was appended before.
    void patch32(int at, long value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[at + i] = (byte) (value >>> (i * Byte.SIZE));
        }
    }
}
