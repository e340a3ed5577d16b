package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.GrowingBytes;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Applies the relocations of a debug section in a relocatable file: the absolute 32- and 64-bit kinds of x86-64 and
/// AArch64, with addend (`SHT_RELA`), which is all that compilers use there. Another kind leaves its bytes as they
/// are.
///
/// Sections of a relocatable file have no addresses; here an executable section lies at its file offset, so that an
/// address names one byte of the file. Any other section lies at 0, as offsets into debug sections must.
final class Relocations {
    private static final int R_X86_64_64 = 1;
    private static final int R_X86_64_32 = 10;
    private static final int R_X86_64_32S = 11;
    private static final int R_AARCH64_ABS64 = 257;
    private static final int R_AARCH64_ABS32 = 258;
    private static final int ENTRY_BYTES = 24;

    private final MappedBytes file;
    private final ElfHeader header;
    private final SectionTable sections;

    Relocations(MappedBytes file, ElfHeader header, SectionTable sections) {
        this.file = file;
        this.header = header;
        this.sections = sections;
    }

    void apply(Section table, GrowingBytes to) throws MalformedBinaryException {
        Cursor entries = file.cursor(table.offset(), table.size(), header.order(), "relocations");
        Section symbolSection = sections.linked(table, entries);
        Cursor symbols =
                file.cursor(symbolSection.offset(), symbolSection.size(), header.order(), "symbols of relocations");
        Optional<Section> extended = sections.firstOfType(ElfConstants.SHT_SYMTAB_SHNDX);
        while (entries.remaining() >= ENTRY_BYTES) {
            long at = entries.u64("r_offset");
            long info = entries.u64("r_info");
            long addend = entries.u64("r_addend");
            int bytes = width((int) info);
            if (bytes > 0) {
                long value = valueOf(info >>> 32, symbols, extended) + addend;
                if (!to.overwrite(at, encode(value, bytes))) {
                    throw entries.malformed("r_offset is 0x" + Long.toHexString(at));
                }
            }
        }
    }

    private int width(int type) {
        return switch (header.machine()) {
            case ElfConstants.EM_X86_64 ->
                type == R_X86_64_64 ? 8 : type == R_X86_64_32 || type == R_X86_64_32S ? 4 : 0;
            case ElfConstants.EM_AARCH64 -> type == R_AARCH64_ABS64 ? 8 : type == R_AARCH64_ABS32 ? 4 : 0;
            default -> 0;
        };
    }

    private long valueOf(long index, Cursor symbols, Optional<Section> extended) throws MalformedBinaryException {
        symbols.moveTo(index * header.elfClass().symbolBytes(), "r_info symbol");
        symbols.skip(6, "st_name, st_info, st_other");
        long section = symbols.u16("st_shndx");
        long value = symbols.u64("st_value");
        if (section == ElfConstants.SHN_XINDEX && extended.isPresent()) {
            Section indexes = extended.get();
            Cursor index32 = file.cursor(indexes.offset(), indexes.size(), header.order(), ".symtab_shndx");
            index32.moveTo(index * 4, "symbol index");
            section = index32.u32("extended st_shndx");
        }
        boolean inCode =
                section < sections.count() && sections.get((int) section).executable();
        return inCode ? sections.get((int) section).offset() + value : value;
    }

    private byte[] encode(long value, int bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(header.order());
        if (bytes == Long.BYTES) {
            buffer.putLong(value);
        } else {
            buffer.putInt((int) value);
        }
        return buffer.array();
    }
}
