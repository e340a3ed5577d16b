package dev.stackmapd.elfcore.elf;

/// Code at the ELF addresses `[start, end)`, unsigned, not empty.
public record CodeRange(long start, long end) {

    /// Returns true if an ELF address, unsigned, lies in this range.
    public boolean holds(long address) {
        return Long.compareUnsigned(start, address) <= 0 && Long.compareUnsigned(address, end) < 0;
    }

    /// Returns this range, or a longer one from the same start if `other` is above its end.
    public CodeRange upTo(long other) {
        return Long.compareUnsigned(other, end) > 0 ? new CodeRange(start, other) : this;
    }
}
