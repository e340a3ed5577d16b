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
import java.nio.charset.StandardCharsets;

/// Writes units of DWARF 4 that all claim the same code, each with one function of its own name, and a
/// `.debug_aranges` with any contents.
final class ManyUnits {
    static final long CODE = 0x1000;
    static final int CODE_BYTES = 0x100;

    private static final int SHF_EXECINSTR = 4;
    private static final byte AT_CONST_VALUE = 0x1c;
    private static final byte[] ABBREVIATIONS = {
        1,
        Dw.TAG_COMPILE_UNIT,
        1,
        Dw.AT_LOW_PC,
        Dw.FORM_ADDR,
        Dw.AT_HIGH_PC,
        Dw.FORM_DATA4,
        AT_CONST_VALUE,
        Dw.FORM_BLOCK1,
        0,
        0,
        2,
        Dw.TAG_SUBPROGRAM,
        0,
        Dw.AT_NAME,
        Dw.FORM_STRING,
        Dw.AT_LOW_PC,
        Dw.FORM_ADDR,
        Dw.AT_HIGH_PC,
        Dw.FORM_DATA4,
        0,
        0,
        0
    };

    private final ByteArrayOutputStream units = new ByteArrayOutputStream();
    private final ByteArrayOutputStream sets = new ByteArrayOutputStream();

    /// Returns the offset in `.debug_info` of the next unit.
    int position() {
        return units.size();
    }

    /// Adds a unit that claims all the code.
    ///
    /// @param block a value of the unit DIE that no reader needs, at most 255 bytes
    ManyUnits unit(String function, byte... block) {
        return raw(encoded(function, block));
    }

    /// Adds a unit given as bytes.
    ManyUnits raw(byte... unit) {
        units.writeBytes(unit);
        return this;
    }

    /// Returns the bytes of one unit.
    static byte[] encoded(String function, byte... block) {
        byte[] name = function.getBytes(StandardCharsets.UTF_8);
        ByteBuffer unit = ByteBuffer.allocate(40 + block.length + name.length).order(ByteOrder.LITTLE_ENDIAN);
        unit.putInt(unit.capacity() - 4).putShort((short) 4).putInt(0).put((byte) 8);
        place(unit.put((byte) 1)).put((byte) block.length).put(block);
        place(unit.put((byte) 2).put(name).put((byte) 0)).put((byte) 0);
        return unit.array();
    }

    /// Lists all the code in `.debug_aranges` for the unit at an offset.
    ManyUnits listed(long unit) {
        ByteBuffer set = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        set.putInt(44).putShort((short) 2).putInt((int) unit).put((byte) 8).put((byte) 0);
        set.position(16).putLong(CODE).putLong(CODE_BYTES);
        sets.writeBytes(set.array());
        return this;
    }

    ElfFile build(ParseLimits limits) throws MalformedBinaryException {
        byte[] file = ElfBuilder.elf64()
                .section(RawSection.section(".text", RawSection.SHT_PROGBITS, new byte[CODE_BYTES])
                        .with(SectionField.SH_FLAGS, SHF_EXECINSTR)
                        .with(SectionField.SH_ADDR, CODE))
                .section(RawSection.section(".debug_abbrev", RawSection.SHT_PROGBITS, ABBREVIATIONS))
                .section(RawSection.section(".debug_info", RawSection.SHT_PROGBITS, units.toByteArray()))
                .section(RawSection.section(".debug_aranges", RawSection.SHT_PROGBITS, sets.toByteArray()))
                .build();
        return ElfFile.of("many units", file, limits);
    }

    private static ByteBuffer place(ByteBuffer at) {
        return at.putLong(CODE).putInt(CODE_BYTES);
    }
}
