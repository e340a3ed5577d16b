package dev.stackmapd.elfcore.dwarf;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawSection;
import dev.stackmapd.fixtures.SectionField;
import java.util.Arrays;

/// Reads any bytes as debug sections, or as a whole file: the result is an answer or
/// [MalformedBinaryException], within the limits.
///
/// In a normal test run each target reads the inputs checked in beside it. To search for new ones for a
/// minute: `JAZZER_FUZZ=1 mvn -pl elf-core -am test -Dtest=DwarfFuzzTest#sections
/// -Dsurefire.failIfNoSpecifiedTests=false` (one target a run). A finding is kept under
/// `src/test/resources`, named for the bug.
class DwarfFuzzTest {
    private static final ParseLimits LIMITS = new ParseLimits(
            1 << 16,
            1 << 10,
            1 << 10,
            1 << 10,
            1 << 16,
            1 << 16,
            new DwarfLimits(64, 1 << 10, 32, 8, 8, 256, 1 << 10, 1 << 12, 1 << 12, 1 << 17, 1 << 16, 1 << 14, 1 << 15));
    private static final String[] SECTIONS = {
        ".debug_info",
        ".debug_abbrev",
        ".debug_line",
        ".debug_rnglists",
        ".debug_str",
        ".debug_addr",
        ".debug_str_offsets",
        ".debug_aranges"
    };

    /// Reads a whole file, such as those in `binaries/dwarf/`.
    @FuzzTest(maxDuration = "10s")
    void file(byte[] bytes) {
        look(bytes);
    }

    /// The first bytes give the sizes of the sections, in units of 8 bytes, the others are their
    /// contents one after the other; the last one has the rest.
    @FuzzTest(maxDuration = "10s")
    void sections(byte[] bytes) {
        ElfBuilder builder = ElfBuilder.elf64()
                .section(RawSection.section(".text", RawSection.SHT_PROGBITS, new byte[16])
                        .with(SectionField.SH_FLAGS, 4)
                        .with(SectionField.SH_ADDR, 0x1000));
        int at = Math.min(SECTIONS.length, bytes.length);
        for (int i = 0; i < SECTIONS.length; i++) {
            int size = i < bytes.length ? (bytes[i] & 0xff) * Long.BYTES : 0;
            int end = i == SECTIONS.length - 1 ? bytes.length : Math.min(bytes.length, at + size);
            builder.section(
                    RawSection.section(SECTIONS[i], RawSection.SHT_PROGBITS, Arrays.copyOfRange(bytes, at, end)));
            at = end;
        }
        look(builder.build());
    }

    /// Reads a compressed `.debug_info` section, header and stream, with a fixed abbreviation table.
    @FuzzTest(maxDuration = "10s")
    void compressed(byte[] bytes) {
        look(ElfBuilder.elf64()
                .section(RawSection.section(".text", RawSection.SHT_PROGBITS, new byte[16])
                        .with(SectionField.SH_FLAGS, 4)
                        .with(SectionField.SH_ADDR, 0x1000))
                .section(RawSection.section(".debug_info", RawSection.SHT_PROGBITS, bytes)
                        .with(SectionField.SH_FLAGS, 0x800))
                .section(RawSection.section(
                        ".debug_abbrev", RawSection.SHT_PROGBITS, new byte[] {1, 0x2e, 1, 0x11, 1, 0x12, 7, 0, 0, 0}))
                .build());
    }

    private static void look(byte[] file) {
        try (ElfFile elf = ElfFile.of("fuzz", file, LIMITS);
                DwarfFile dwarf = DwarfFile.open(elf, DebugFileFinder.NONE)) {
            dwarf.lookup(new ElfAddress(0x1000));
            dwarf.lookup(new ElfAddress(0x1008));
            dwarf.walk(new Walked(), new ReadBudget(1 << 18, 1 << 15));
            dwarf.sourceNames();
        } catch (MalformedBinaryException e) {
            if (e.offset() < 0) {
                throw new AssertionError("refused at a negative offset", e);
            }
        }
    }
}
