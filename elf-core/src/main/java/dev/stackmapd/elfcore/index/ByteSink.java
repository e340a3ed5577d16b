package dev.stackmapd.elfcore.index;

/// Appends bytes to an array in memory. Numbers are little-endian or in base 128, low bits first. Not
/// thread-safe.
final class ByteSink {
    private final BuildMemory memory;
    private byte[] bytes;
    private int size;

    /// @param memory charged for growth beyond the capacity
    ByteSink(BuildMemory memory, int capacity) {
        this.memory = memory;
        bytes = new byte[capacity];
    }

    /// Returns the array that has the bytes so far in its first [#size] elements, valid until the next
    /// change.
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
            bytes = memory.grow(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(2L * size, (long) size + more)));
        }
    }

    void u8(int value) {
        require(1);
        bytes[size++] = (byte) value;
    }

    /// Appends the low `width` bytes of a number.
    void fixed(long value, int width) {
        require(width);
        for (int i = 0; i < width; i++) {
            bytes[size++] = (byte) (value >>> (i * Byte.SIZE));
        }
    }

    void bytes(byte[] from, int offset, int length) {
        require(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    /// Appends an unsigned number in base 128, of at most 10 bytes.
    void varint(long value) {
        require(10);
        if ((value & ~0x7fL) == 0) {
            bytes[size++] = (byte) value;
            return;
        }
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /// Appends a signed number in base 128, zigzag, so that small magnitudes are short.
    void zigzag(long value) {
        varint(value << 1 ^ value >> 63);
    }
}
