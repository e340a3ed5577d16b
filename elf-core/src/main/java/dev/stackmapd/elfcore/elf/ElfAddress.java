package dev.stackmapd.elfcore.elf;

/// A virtual address as the ELF file itself numbers it (`st_value`, `p_vaddr`), unsigned 64-bit.
///
/// Neither a file offset nor an address in a process: [LoadSegment] is the only bridge.
public record ElfAddress(long value) implements Comparable<ElfAddress> {

    @Override
    public int compareTo(ElfAddress other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return "0x" + Long.toHexString(value);
    }
}
