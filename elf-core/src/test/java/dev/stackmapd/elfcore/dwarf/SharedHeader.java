package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawSection;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes units of DWARF 4 that share one line program: `a.c`, `b.h` in `inc`, a `c.h` with a byte that
/// is not UTF-8 in `/abs`, and `/d.h`.
final class SharedHeader {
    private static final int WITH_DIRECTORY = 1;
    private static final int WITHOUT_DIRECTORY = 2;
    private static final int ALTERNATE_DIRECTORY = 3;
    // DW_FORM_GNU_strp_alt, 0x1f21, in base 128.
    private static final byte STRP_ALT_LOW = (byte) 0xa1;
    private static final byte STRP_ALT_HIGH = 0x3e;
    private static final byte[] ABBREVIATIONS = {
        WITH_DIRECTORY,
        Dw.TAG_COMPILE_UNIT,
        0,
        Dw.AT_STMT_LIST,
        Dw.FORM_SEC_OFFSET,
        Dw.AT_COMP_DIR,
        Dw.FORM_STRING,
        0,
        0,
        WITHOUT_DIRECTORY,
        Dw.TAG_COMPILE_UNIT,
        0,
        Dw.AT_STMT_LIST,
        Dw.FORM_SEC_OFFSET,
        0,
        0,
        ALTERNATE_DIRECTORY,
        Dw.TAG_COMPILE_UNIT,
        0,
        Dw.AT_STMT_LIST,
        Dw.FORM_SEC_OFFSET,
        Dw.AT_COMP_DIR,
        STRP_ALT_LOW,
        STRP_ALT_HIGH,
        0,
        0,
        0
    };
    private static final String DIRECTORIES = "inc\0/abs\0\0";
    private static final String FILES = "a.c\0\0\0\0" + "b.h\0\1\0\0" + "c\u00ff.h\0\2\0\0" + "/d.h\0\0\0\0" + "\0";
    private static final int OPCODE_BASE = 1;

    private final ByteArrayOutputStream units = new ByteArrayOutputStream();

    /// Adds a unit without a directory.
    SharedHeader unit() {
        return unit(WITHOUT_DIRECTORY, "");
    }

    SharedHeader unit(String directory) {
        return unit(WITH_DIRECTORY, directory + '\0');
    }

    /// Adds a unit whose directory is a string of the alternate file, which is missing.
    SharedHeader unitOfAlternateDirectory() {
        return unit(ALTERNATE_DIRECTORY, "\0\0\0\0");
    }

    private SharedHeader unit(int abbreviation, String text) {
        byte[] rest = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer unit = ByteBuffer.allocate(16 + rest.length).order(ByteOrder.LITTLE_ENDIAN);
        unit.putInt(unit.capacity() - 4).putShort((short) 4).putInt(0).put((byte) 8);
        unit.put((byte) abbreviation).putInt(0).put(rest);
        units.writeBytes(unit.array());
        return this;
    }

    private static byte[] lines() {
        byte[] lists = (DIRECTORIES + FILES).getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer lines = ByteBuffer.allocate(16 + lists.length).order(ByteOrder.LITTLE_ENDIAN);
        lines.putInt(lines.capacity() - 4).putShort((short) 4).putInt(lines.capacity() - 10);
        return lines.put(new byte[] {1, 1, 1, 0, 1, OPCODE_BASE}).put(lists).array();
    }

    SourceNames sourceNames() throws MalformedBinaryException {
        byte[] file = ElfBuilder.elf64()
                .section(RawSection.section(".debug_abbrev", RawSection.SHT_PROGBITS, ABBREVIATIONS))
                .section(RawSection.section(".debug_info", RawSection.SHT_PROGBITS, units.toByteArray()))
                .section(RawSection.section(".debug_line", RawSection.SHT_PROGBITS, lines()))
                .build();
        try (ElfFile elf = ElfFile.of("shared header", file, ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(elf, DebugFileFinder.NONE)) {
            return dwarf.sourceNames();
        }
    }
}
