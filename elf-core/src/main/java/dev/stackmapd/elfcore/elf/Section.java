package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// One entry of the section header table (gABI, "Sections"). Numbers are unsigned.
///
/// @param nameOffset `sh_name`: the offset of the name in the section name table
/// @param link `sh_link`, whose meaning depends on the type
/// @param entrySize `sh_entsize`, 0 where the section is no table
record Section(
        int nameOffset,
        int type,
        long flags,
        long address,
        long offset,
        long size,
        int link,
        int info,
        long entrySize) {

    static Section read(ElfClass elfClass, Cursor at) throws MalformedBinaryException {
        int nameOffset = (int) at.u32("sh_name");
        int type = (int) at.u32("sh_type");
        long flags = elfClass.word(at, "sh_flags");
        long address = elfClass.word(at, "sh_addr");
        long offset = elfClass.word(at, "sh_offset");
        long size = elfClass.word(at, "sh_size");
        int link = (int) at.u32("sh_link");
        int info = (int) at.u32("sh_info");
        at.skip(elfClass.wordBytes(), "sh_addralign");
        return new Section(nameOffset, type, flags, address, offset, size, link, info, elfClass.word(at, "sh_entsize"));
    }

    boolean executable() {
        return (flags & ElfConstants.SHF_EXECINSTR) != 0;
    }

    /// Returns true if an ELF address lies in this section.
    boolean holds(long elfAddress) {
        return Long.compareUnsigned(elfAddress - address, size) < 0;
    }

    /// Returns true if the section is code and has bytes in this file. The sections of a debug-only file
    /// keep their flags but have no bytes.
    boolean holdsCode() {
        return executable() && type == ElfConstants.SHT_PROGBITS && size != 0;
    }

    /// Returns true if the segment says that the bytes at all addresses of this section lie in the file.
    boolean isStoredIn(LoadSegment segment) {
        long from = address - segment.address().value();
        return Long.compareUnsigned(from, segment.fileSize()) < 0
                && Long.compareUnsigned(size, segment.fileSize() - from) <= 0;
    }
}
