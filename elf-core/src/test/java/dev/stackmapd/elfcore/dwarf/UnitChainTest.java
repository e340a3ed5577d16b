package dev.stackmapd.elfcore.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawSection;
import dev.stackmapd.fixtures.SectionField;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tests units without contents: they take very little memory and time, and no other unit is lost.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UnitChainTest {
    private static final int SHF_COMPRESSED = 0x800;
    private static final int ELFCOMPRESS_ZLIB = 1;
    private static final byte[] LATER_VERSION = {4, 0, 0, 0, 6, 0, 0, 0};
    private static final LackingPart DAMAGED =
            new LackingPart(LackingPart.Kind.SECTION, ".debug_info", LackingPart.Reason.DAMAGED);

    /// 64 MiB, which would be 16 million units.
    @Test
    void zerosAreNoUnits() throws Exception {
        try (ElfFile file = ElfFile.of("zeros", zeros(64 << 20), ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            DwarfAnswer answer = dwarf.lookup(new ElfAddress(ManyUnits.CODE));
            assertThat(dwarf.unitCount()).isZero();
            assertThat(answer.skipped())
                    .singleElement()
                    .satisfies(skipped -> assertThat(skipped.scope()).isEqualTo(SkippedPart.Scope.UNITS))
                    .satisfies(skipped -> assertThat(skipped.lacking()).isEqualTo(DAMAGED))
                    .satisfies(skipped -> assertThat(skipped.detail()).endsWith("unit_length is 0"));
            Walked walked = new Walked();
            dwarf.walk(walked, Walked.budget());
            assertThat(walked.skipped()).isEqualTo(answer.skipped());
            assertThat(dwarf.sourceNames().skipped()).isEqualTo(answer.skipped());
        }
    }

    @Test
    void aUnitOfALaterVersionCostsNoOther() throws Exception {
        ManyUnits units = new ManyUnits().raw(LATER_VERSION).unit("known");
        for (int i = 1; i < UnitChain.MAX_UNKNOWN; i++) {
            units.raw(LATER_VERSION);
        }
        try (ElfFile file = units.build(ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            assertThat(dwarf.unitCount()).isEqualTo(1);
            assertThat(dwarf.lookup(new ElfAddress(ManyUnits.CODE)))
                    .isInstanceOfSatisfying(DwarfAnswer.Found.class, found -> {
                        assertThat(found.frames().getFirst().names().name()).isEqualTo("known");
                        assertThat(found.skipped()).isEmpty();
                    });
            assertThat(dwarf.lookup(new ElfAddress(1)).skipped())
                    .extracting(SkippedPart::detail)
                    .containsExactly(
                            "many units .debug_info: offset 0x%x: DWARF version is 6".formatted(offset(file) + 6));
        }
    }

    @Test
    void unitsOfLaterVersionsEndAtALimit() throws Exception {
        ManyUnits units = new ManyUnits();
        for (int i = 0; i <= UnitChain.MAX_UNKNOWN; i++) {
            units.raw(LATER_VERSION);
        }
        try (ElfFile file = units.unit("behind").build(ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            assertThat(dwarf.unitCount()).isZero();
            assertThat(dwarf.lookup(new ElfAddress(ManyUnits.CODE)).skipped())
                    .extracting(SkippedPart::scope)
                    .containsOnly(SkippedPart.Scope.UNITS);
        }
    }

    /// Tests a million units whose headers are correct and whose DIEs are missing.
    @Test
    void damagedUnitsEndAtALimit() throws Exception {
        byte[] unit = {8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, 77};
        byte[] all = new byte[unit.length << 20];
        for (int at = 0; at < all.length; at += unit.length) {
            System.arraycopy(unit, 0, all, at, unit.length);
        }
        try (ElfFile file = new ManyUnits().raw(all).build(ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            assertThat(dwarf.unitCount()).isEqualTo(1 << 20);
            assertThat(dwarf.lookup(new ElfAddress(ManyUnits.CODE)).skipped())
                    .extracting(SkippedPart::scope)
                    .containsOnly(SkippedPart.Scope.UNIT_RANGES);
            Walked walked = new Walked();
            dwarf.walk(walked, Walked.budget());
            assertThat(walked.skipped()).hasSize(UnitOffsets.MAX_DAMAGED);
        }
    }

    private static long offset(ElfFile file) throws Exception {
        return file.storedSection(".debug_info").orElseThrow().offset();
    }

    private static byte[] zeros(int length) throws IOException {
        ByteArrayOutputStream section = new ByteArrayOutputStream();
        section.writeBytes(ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(ELFCOMPRESS_ZLIB)
                .putInt(0)
                .putLong(length)
                .putLong(1)
                .array());
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(section)) {
            deflater.write(new byte[length]);
        }
        return ElfBuilder.elf64()
                .section(RawSection.section(".debug_info", RawSection.SHT_PROGBITS, section.toByteArray())
                        .with(SectionField.SH_FLAGS, SHF_COMPRESSED))
                .build();
    }
}
