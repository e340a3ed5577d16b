package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawSection;
import dev.stackmapd.fixtures.SectionField;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Writes debug information that no compiler writes: DWARF 4, 32-bit, one unit, one function at
/// `0x1000`, little-endian.
final class HandmadeDwarf {
    static final long CODE = 0x1000;
    static final int CODE_BYTES = 0x100;
    static final int UNIT_HEADER_BYTES = 11;

    private static final int SHF_EXECINSTR = 4;
    private static final int ABBREVIATION_UNIT = 1;
    private static final int ABBREVIATION_FUNCTION = 2;
    private static final int ABBREVIATION_BLOCK = 3;
    private static final int ABBREVIATION_INLINED = 4;
    private static final int ABBREVIATION_ENTERED_AT = 5;
    private static final int ABBREVIATION_ENTERED_BEHIND = 6;
    private static final int TAG_LEXICAL_BLOCK = 0x0b;

    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();

    HandmadeDwarf() {
        code(ABBREVIATION_UNIT);
        u32(0);
        place();
    }

    /// Returns the offset in the section of the next DIE.
    int position() {
        return UNIT_HEADER_BYTES + entries.size();
    }

    /// Adds a function over all the code, which has children.
    ///
    /// @param origin the target of its `DW_AT_abstract_origin`, relative to the unit
    HandmadeDwarf function(int origin) {
        code(ABBREVIATION_FUNCTION);
        place();
        u32(origin);
        return this;
    }

    /// Adds a function over all the code, without children, whose `DW_AT_entry_pc` is an address.
    HandmadeDwarf enteredAt(long address) {
        code(ABBREVIATION_ENTERED_AT);
        place();
        byte[] number = new byte[8];
        little(number).putLong(address);
        entries.writeBytes(number);
        return this;
    }

    /// Adds a function over all the code, without children, whose `DW_AT_entry_pc` is relative to its
    /// low address.
    HandmadeDwarf enteredBehind(int bytes) {
        code(ABBREVIATION_ENTERED_BEHIND);
        place();
        u32(bytes);
        return this;
    }

    /// Adds a block without code of its own, which has children.
    HandmadeDwarf block() {
        code(ABBREVIATION_BLOCK);
        return this;
    }

    /// Adds an inlined call over all the code, which has children.
    HandmadeDwarf inlined(int origin) {
        code(ABBREVIATION_INLINED);
        place();
        u32(origin);
        return this;
    }

    /// Adds the ends of the children of several DIEs.
    HandmadeDwarf end(int times) {
        for (int i = 0; i < times; i++) {
            code(0);
        }
        return this;
    }

    /// @param lines the contents of `.debug_line`
    ElfFile build(byte[] lines, ParseLimits limits) throws MalformedBinaryException {
        byte[] file = ElfBuilder.elf64()
                .section(RawSection.section(".text", RawSection.SHT_PROGBITS, new byte[CODE_BYTES])
                        .with(SectionField.SH_FLAGS, SHF_EXECINSTR)
                        .with(SectionField.SH_ADDR, CODE))
                .section(RawSection.section(".debug_abbrev", RawSection.SHT_PROGBITS, abbreviations()))
                .section(RawSection.section(".debug_info", RawSection.SHT_PROGBITS, info()))
                .section(RawSection.section(".debug_line", RawSection.SHT_PROGBITS, lines))
                .build();
        return ElfFile.of("handmade", file, limits);
    }

    private byte[] info() {
        byte[] unit = new byte[UNIT_HEADER_BYTES + entries.size()];
        little(unit)
                .putInt(unit.length - 4)
                .putShort((short) 4)
                .putInt(0)
                .put((byte) 8)
                .put(entries.toByteArray());
        return unit;
    }

    private static byte[] abbreviations() {
        return new byte[] {
            ABBREVIATION_UNIT,
            Dw.TAG_COMPILE_UNIT,
            1,
            Dw.AT_STMT_LIST,
            Dw.FORM_SEC_OFFSET,
            Dw.AT_LOW_PC,
            Dw.FORM_ADDR,
            Dw.AT_HIGH_PC,
            Dw.FORM_DATA4,
            0,
            0,
            ABBREVIATION_FUNCTION,
            Dw.TAG_SUBPROGRAM,
            1,
            Dw.AT_LOW_PC,
            Dw.FORM_ADDR,
            Dw.AT_HIGH_PC,
            Dw.FORM_DATA4,
            Dw.AT_ABSTRACT_ORIGIN,
            Dw.FORM_REF4,
            0,
            0,
            ABBREVIATION_BLOCK,
            TAG_LEXICAL_BLOCK,
            1,
            0,
            0,
            ABBREVIATION_INLINED,
            Dw.TAG_INLINED_SUBROUTINE,
            1,
            Dw.AT_LOW_PC,
            Dw.FORM_ADDR,
            Dw.AT_HIGH_PC,
            Dw.FORM_DATA4,
            Dw.AT_ABSTRACT_ORIGIN,
            Dw.FORM_REF4,
            0,
            0,
            ABBREVIATION_ENTERED_AT,
            Dw.TAG_SUBPROGRAM,
            0,
            Dw.AT_LOW_PC,
            Dw.FORM_ADDR,
            Dw.AT_HIGH_PC,
            Dw.FORM_DATA4,
            Dw.AT_ENTRY_PC,
            Dw.FORM_ADDR,
            0,
            0,
            ABBREVIATION_ENTERED_BEHIND,
            Dw.TAG_SUBPROGRAM,
            0,
            Dw.AT_LOW_PC,
            Dw.FORM_ADDR,
            Dw.AT_HIGH_PC,
            Dw.FORM_DATA4,
            Dw.AT_ENTRY_PC,
            Dw.FORM_DATA4,
            0,
            0,
            0
        };
    }

    /// Returns a line program of DWARF 4 without files.
    static byte[] lines(byte... opcodes) {
        byte[] header = {1, 1, 1, 0, 1, 10, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0};
        byte[] program = new byte[10 + header.length + opcodes.length];
        little(program)
                .putInt(program.length - 4)
                .putShort((short) 4)
                .putInt(header.length)
                .put(header)
                .put(opcodes);
        return program;
    }

    /// Returns `DW_LNE_set_address` with the address of the code.
    static byte[] setAddress() {
        byte[] opcode = {0, 9, Dw.LNE_SET_ADDRESS, 0, 0, 0, 0, 0, 0, 0, 0};
        little(opcode).putLong(3, CODE);
        return opcode;
    }

    private void code(int code) {
        entries.write(code);
    }

    private void place() {
        byte[] place = new byte[12];
        little(place).putLong(CODE).putInt(CODE_BYTES);
        entries.writeBytes(place);
    }

    private void u32(int value) {
        byte[] number = new byte[4];
        little(number).putInt(value);
        entries.writeBytes(number);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
