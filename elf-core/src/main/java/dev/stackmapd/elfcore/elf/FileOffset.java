package dev.stackmapd.elfcore.elf;

/// Bytes from the beginning of an ELF file, unsigned 64-bit. The kernel reports frames in this form
/// (XLT-13).
public record FileOffset(long value) implements Comparable<FileOffset> {

    @Override
    public int compareTo(FileOffset other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return "0x" + Long.toHexString(value);
    }
}
