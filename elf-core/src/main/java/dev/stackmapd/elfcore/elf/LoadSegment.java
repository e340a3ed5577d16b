package dev.stackmapd.elfcore.elf;

import java.util.Optional;

/// One `PT_LOAD` program header: the only bridge between [FileOffset] and [ElfAddress] (XLT-13).
///
/// @param offset `p_offset`
/// @param fileSize `p_filesz`, bytes, unsigned; memory past it has no place in the file
/// @param address `p_vaddr`
/// @param memorySize `p_memsz`, bytes, unsigned
/// @param executable whether `PF_X` is set
public record LoadSegment(FileOffset offset, long fileSize, ElfAddress address, long memorySize, boolean executable) {

    /// Returns the ELF address of a byte of the file; empty if it is not in this segment.
    public Optional<ElfAddress> addressOf(FileOffset at) {
        long delta = at.value() - offset.value();
        return Long.compareUnsigned(delta, fileSize) < 0
                ? Optional.of(new ElfAddress(address.value() + delta))
                : Optional.empty();
    }

    /// Returns the file offset of an ELF address; empty outside this segment, and for memory that has no
    /// place in the file.
    public Optional<FileOffset> offsetOf(ElfAddress at) {
        long delta = at.value() - address.value();
        return Long.compareUnsigned(delta, fileSize) < 0
                ? Optional.of(new FileOffset(offset.value() + delta))
                : Optional.empty();
    }
}
