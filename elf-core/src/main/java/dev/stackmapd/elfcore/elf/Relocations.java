package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import dev.stackmapd.elfcore.bytes.ScratchBytes;
import java.nio.ByteOrder;
import java.util.Optional;

/// Applies the relocations of a debug section in a relocatable file, with addend (`SHT_RELA`) or with
/// the addend in the place itself (`SHT_REL`). A type that [RelocationType] does not know makes the
/// section unreadable: without it, the number in the file is an offset into something else and would be
/// taken for an address.
///
/// Sections of a relocatable file have no addresses; here an executable section lies at its file offset,
/// so that an address names one byte of the file. Any other section lies at 0, as offsets into debug
/// sections must.
final class Relocations {
    private final MappedBytes file;
    private final ElfHeader header;
    private final SectionTable sections;

    Relocations(MappedBytes file, ElfHeader header, SectionTable sections) {
        this.file = file;
        this.header = header;
        this.sections = sections;
    }

    void apply(Section table, ScratchBytes to) throws MalformedBinaryException {
        Cursor entries = file.cursor(table.offset(), table.size(), header.order(), "relocations");
        Section symbolSection = sections.linked(table, entries);
        Symbols symbols = new Symbols(
                file.cursor(symbolSection.offset(), symbolSection.size(), header.order(), "symbols of relocations"),
                sections.firstOfType(ElfConstants.SHT_SYMTAB_SHNDX));
        ElfClass elfClass = header.elfClass();
        boolean addends = table.type() == ElfConstants.SHT_RELA;
        RelocatedBytes place = new RelocatedBytes(to, header.order());
        while (entries.remaining() >= (addends ? 3L : 2L) * elfClass.wordBytes()) {
            long at = elfClass.word(entries, "r_offset");
            long info = info(entries);
            long addend = addends ? elfClass.word(entries, "r_addend") : 0;
            RelocationType type = RelocationType.of(header.machine(), type(info));
            if (type.operation() == RelocationType.Operation.UNKNOWN) {
                throw entries.malformed("relocation of type %d of machine %d, which is not known"
                        .formatted(type(info) & 0xffff_ffffL, header.machine()));
            }
            if (type.operation() != RelocationType.Operation.NONE) {
                long value = symbols.valueOf(symbol(info)) + (addends ? addend : place.read(at, type.bytes()));
                if (!place.apply(type, at, value)) {
                    throw entries.malformed("r_offset is 0x" + Long.toHexString(at));
                }
            }
        }
    }

    /// Reads `r_info`. MIPS in little-endian order has the symbol in the first 4 bytes, then four fields
    /// of one byte each, the type last.
    private long info(Cursor entries) throws MalformedBinaryException {
        long info = header.elfClass().word(entries, "r_info");
        boolean swapped = header.machine() == ElfConstants.EM_MIPS
                && header.elfClass() == ElfClass.ELF64
                && header.order() == ByteOrder.LITTLE_ENDIAN;
        return swapped ? (info << 32) | Integer.toUnsignedLong(Integer.reverseBytes((int) (info >>> 32))) : info;
    }

    private long symbol(long info) {
        return header.elfClass() == ElfClass.ELF64 ? info >>> 32 : info >>> 8;
    }

    /// Returns the type. SPARC has data in the same field. MIPS has up to three types, of which the
    /// second and third are 0 in debug sections; with any other value the type is unknown.
    private int type(long info) {
        boolean narrow = header.elfClass() == ElfClass.ELF32 || header.machine() == ElfConstants.EM_SPARCV9;
        return narrow ? (int) info & 0xff : (int) info;
    }

    /// The symbols that relocations refer to.
    private final class Symbols {
        private final Cursor entries;
        private final Optional<Section> extended;

        private Symbols(Cursor entries, Optional<Section> extended) {
            this.entries = entries;
            this.extended = extended;
        }

        private long valueOf(long index) throws MalformedBinaryException {
            entries.moveTo(index * header.elfClass().symbolBytes(), "r_info symbol");
            long value = 0;
            if (header.elfClass() == ElfClass.ELF32) {
                entries.skip(4, "st_name");
                value = entries.u32("st_value");
                entries.skip(6, "st_size, st_info, st_other");
            } else {
                entries.skip(6, "st_name, st_info, st_other");
            }
            long section = entries.u16("st_shndx");
            value = header.elfClass() == ElfClass.ELF64 ? entries.u64("st_value") : value;
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
    }

    /// The bytes that are relocated.
    private record RelocatedBytes(ScratchBytes bytes, ByteOrder order) {
        private static final int LONGEST_LEB = 10;

        /// @return true if the place lies in the section
        boolean apply(RelocationType type, long at, long value) throws MalformedBinaryException {
            int width = type.bytes();
            return switch (type.operation()) {
                case SET -> write(at, width, value);
                case ADD -> write(at, width, read(at, width) + value);
                case SUBTRACT -> write(at, width, read(at, width) - value);
                case SET_6 -> write(at, 1, (read(at, 1) & 0xc0) | (value & 0x3f));
                case SUBTRACT_6 -> {
                    long old = read(at, 1);
                    yield write(at, 1, (old & 0xc0) | (((old & 0x3f) - value) & 0x3f));
                }
                case SET_LEB -> writeLeb(at, value);
                case SUBTRACT_LEB -> writeLeb(at, readLeb(at) - value);
                case NONE, UNKNOWN -> true;
            };
        }

        /// Reads an unsigned number; 0 outside the section.
        long read(long at, int width) throws MalformedBinaryException {
            byte[] old = bytes.copyOf(at, width);
            long value = 0;
            for (int i = 0; i < old.length; i++) {
                int from = order == ByteOrder.BIG_ENDIAN ? i : old.length - 1 - i;
                value = (value << Byte.SIZE) | (old[from] & 0xff);
            }
            return value;
        }

        private boolean write(long at, int width, long value) throws MalformedBinaryException {
            byte[] encoded = new byte[width];
            for (int i = 0; i < width; i++) {
                int shift = Byte.SIZE * (order == ByteOrder.BIG_ENDIAN ? width - 1 - i : i);
                encoded[i] = (byte) (value >>> shift);
            }
            return bytes.overwrite(at, encoded);
        }

        private long readLeb(long at) throws MalformedBinaryException {
            long value = 0;
            for (int i = 0; i < LONGEST_LEB; i++) {
                long next = read(at + i, 1);
                value |= (next & 0x7f) << (7 * i);
                if ((next & 0x80) == 0) {
                    break;
                }
            }
            return value;
        }

        private boolean writeLeb(long at, long value) throws MalformedBinaryException {
            long rest = value;
            for (int i = 0; i < LONGEST_LEB; i++) {
                long more = read(at + i, 1) & 0x80;
                if (!write(at + i, 1, more | (rest & 0x7f))) {
                    return false;
                }
                if (more == 0) {
                    break;
                }
                rest >>>= 7;
            }
            return true;
        }
    }
}
