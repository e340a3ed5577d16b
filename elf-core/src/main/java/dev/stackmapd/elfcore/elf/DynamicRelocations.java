package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// The entries of one section of relocations, with addend or without (gABI, "Relocation"). An incomplete
/// entry at the end is skipped.
final class DynamicRelocations {
    private DynamicRelocations() {}

    static void read(ElfClass elfClass, int sectionType, Cursor entries, RelocationSink sink)
            throws MalformedBinaryException {
        boolean addends = sectionType == ElfConstants.SHT_RELA;
        int symbolShift = elfClass == ElfClass.ELF64 ? 32 : 8;
        while (entries.remaining() >= (addends ? 3L : 2L) * elfClass.wordBytes()) {
            long slot = elfClass.word(entries, "r_offset");
            long info = elfClass.word(entries, "r_info");
            long addend = addends ? elfClass.word(entries, "r_addend") : 0;
            sink.relocation(slot, info >>> symbolShift, addend);
        }
    }
}
