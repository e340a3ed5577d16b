package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// Relocations that add the load address and nothing else: those of every machine name symbol 0 (gABI,
/// "Relocation").
final class RelativeRelocations {
    private RelativeRelocations() {}

    static void read(ElfHeader header, Cursor entries, PointerSink sink) throws MalformedBinaryException {
        ElfClass elfClass = header.elfClass();
        int symbolShift = elfClass == ElfClass.ELF64 ? 32 : 8;
        while (entries.remaining() >= 3L * elfClass.wordBytes()) {
            long slot = elfClass.word(entries, "r_offset");
            long info = elfClass.word(entries, "r_info");
            long addend = elfClass.word(entries, "r_addend");
            if (info >>> symbolShift == 0) {
                sink.pointer(slot, addend);
            }
        }
    }
}
