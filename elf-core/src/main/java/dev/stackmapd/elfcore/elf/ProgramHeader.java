package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// One entry of the program header table (gABI, "Program Header"). Numbers are unsigned.
record ProgramHeader(int type, int flags, long offset, long address, long fileSize, long memorySize) {

    static ProgramHeader read(ElfClass elfClass, Cursor at) throws MalformedBinaryException {
        int type = (int) at.u32("p_type");
        return switch (elfClass) {
            case ELF32 -> {
                long offset = at.u32("p_offset");
                long address = at.u32("p_vaddr");
                at.skip(4, "p_paddr");
                long fileSize = at.u32("p_filesz");
                long memorySize = at.u32("p_memsz");
                int flags = (int) at.u32("p_flags");
                at.skip(4, "p_align");
                yield new ProgramHeader(type, flags, offset, address, fileSize, memorySize);
            }
            case ELF64 -> {
                int flags = (int) at.u32("p_flags");
                long offset = at.u64("p_offset");
                long address = at.u64("p_vaddr");
                at.skip(8, "p_paddr");
                long fileSize = at.u64("p_filesz");
                long memorySize = at.u64("p_memsz");
                at.skip(8, "p_align");
                yield new ProgramHeader(type, flags, offset, address, fileSize, memorySize);
            }
        };
    }

    boolean executable() {
        return (flags & ElfConstants.PF_X) != 0;
    }

    /// Returns a `PT_LOAD` header as a load segment.
    LoadSegment loadSegment() {
        return new LoadSegment(new FileOffset(offset), fileSize, new ElfAddress(address), memorySize, executable());
    }

    boolean holdsInMemory(long elfAddress) {
        return Long.compareUnsigned(elfAddress - address, memorySize) < 0;
    }
}
