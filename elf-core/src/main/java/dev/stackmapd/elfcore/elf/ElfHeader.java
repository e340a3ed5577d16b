package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import java.nio.ByteOrder;

/// The file header (gABI, "ELF Header"), with counts and indexes as in the file: extended numbering is
/// not applied.
///
/// @param type `e_type`
/// @param machine `e_machine`
/// @param programHeaders `e_phoff`, unsigned
/// @param programHeaderCount `e_phnum`, `PN_XNUM` where section 0 has the number
/// @param sectionHeaders `e_shoff`, unsigned; 0 where there are none
/// @param sectionCount `e_shnum`, 0 where section 0 has the number
/// @param sectionNames `e_shstrndx`, `SHN_XINDEX` where section 0 has the index
record ElfHeader(
        ElfClass elfClass,
        ByteOrder order,
        int type,
        int machine,
        long programHeaders,
        int programHeaderCount,
        long sectionHeaders,
        int sectionCount,
        int sectionNames) {

    static ElfHeader read(MappedBytes file) throws MalformedBinaryException {
        Cursor identification = file.cursor(0, Math.min(file.size(), 16), ByteOrder.LITTLE_ENDIAN, "header");
        if (identification.u32("EI_MAG") != ElfConstants.MAGIC) {
            identification.moveTo(0, "EI_MAG");
            throw identification.malformed("no ELF magic");
        }
        ElfClass elfClass = switch (identification.u8("EI_CLASS")) {
            case 1 -> ElfClass.ELF32;
            case 2 -> ElfClass.ELF64;
            default -> throw back(identification, "EI_CLASS is neither 1 nor 2");
        };
        ByteOrder order = switch (identification.u8("EI_DATA")) {
            case ElfConstants.ELFDATA2LSB -> ByteOrder.LITTLE_ENDIAN;
            case ElfConstants.ELFDATA2MSB -> ByteOrder.BIG_ENDIAN;
            default -> throw back(identification, "EI_DATA is neither 1 nor 2");
        };
        Cursor header = file.cursor(0, Math.min(file.size(), elfClass.headerBytes()), order, "header");
        header.skip(16, "e_ident");
        return fields(elfClass, order, header);
    }

    private static ElfHeader fields(ElfClass elfClass, ByteOrder order, Cursor header) throws MalformedBinaryException {
        int type = header.u16("e_type");
        int machine = header.u16("e_machine");
        header.skip(4L + elfClass.wordBytes(), "e_version, e_entry");
        long programHeaders = elfClass.word(header, "e_phoff");
        long sectionHeaders = elfClass.word(header, "e_shoff");
        header.skip(6, "e_flags, e_ehsize");
        int programHeaderBytes = header.u16("e_phentsize");
        int programHeaderCount = header.u16("e_phnum");
        if (programHeaderCount != 0 && programHeaderBytes != elfClass.programHeaderBytes()) {
            throw header.malformed("e_phentsize is " + programHeaderBytes);
        }
        int sectionHeaderBytes = header.u16("e_shentsize");
        int sectionCount = header.u16("e_shnum");
        if (sectionHeaders != 0 && sectionHeaderBytes != elfClass.sectionHeaderBytes()) {
            throw header.malformed("e_shentsize is " + sectionHeaderBytes);
        }
        return new ElfHeader(
                elfClass,
                order,
                type,
                machine,
                programHeaders,
                programHeaderCount,
                sectionHeaders,
                sectionCount,
                header.u16("e_shstrndx"));
    }

    private static MalformedBinaryException back(Cursor cursor, String reason) throws MalformedBinaryException {
        cursor.moveTo(cursor.position() - 1, "e_ident");
        return cursor.malformed(reason);
    }
}
