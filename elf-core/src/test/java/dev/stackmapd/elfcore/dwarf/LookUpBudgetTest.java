package dev.stackmapd.elfcore.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.LackingPart.Reason;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.HostileDwarf;
import dev.stackmapd.fixtures.HostileDwarf.Much;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// A table that exceeds the limits of one look-up is left out, the answer says so, and the table is not
/// read a second time.
class LookUpBudgetTest {
    private static final ElfAddress ADDRESS = new ElfAddress(HostileDwarf.CODE + 1);
    private static final int MANY = 1 << 20;
    private static final long LITTLE = 8 << 20;

    @ParameterizedTest
    @CsvSource({
        "ROWS, .debug_line, LINES",
        "RANGES, .debug_info, FUNCTIONS",
        "CALLS, .debug_info, INLINED_CALLS",
        "FUNCTIONS, .debug_info, FUNCTIONS"
    })
    void theAnswerSaysWhatLacksAndTheSecondCostsNothing(Much kind, String section, SkippedPart.Scope part)
            throws Exception {
        try (ElfFile file = open(kind.file(MANY), DwarfLimits.DEFAULT.decodingWithin(LITTLE));
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            DwarfAnswer first = dwarf.lookup(ADDRESS);
            assertThat(first.skipped()).anySatisfy(skipped -> {
                assertThat(skipped.scope()).isEqualTo(part);
                assertThat(skipped.lacking())
                        .isEqualTo(new LackingPart(LackingPart.Kind.SECTION, section, Reason.TOO_LARGE));
                assertThat(skipped.detail()).contains("takes more than " + LITTLE + " bytes of memory");
            });
            long wasted = dwarf.wasted();
            assertThat(wasted).isBetween(1000L, 3L * MANY);
            assertThat(dwarf.lookup(ADDRESS)).isEqualTo(first);
            assertThat(dwarf.wasted()).isEqualTo(wasted);
        }
    }

    /// A look-up within the limits has a complete answer.
    @ParameterizedTest
    @EnumSource(Much.class)
    void aTableThatFitsIsRead(Much kind) throws Exception {
        try (ElfFile file = open(kind.file(20_000), DwarfLimits.DEFAULT.decodingWithin(LITTLE));
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            DwarfAnswer.Found found = (DwarfAnswer.Found) dwarf.lookup(ADDRESS);
            assertThat(found.skipped()).isEmpty();
            assertThat(dwarf.wasted()).isZero();
        }
    }

    /// Lines are missing, but the function is still known.
    @Test
    void tooManyRowsLeaveTheFunction() throws Exception {
        try (ElfFile file = open(HostileDwarf.rows(MANY), DwarfLimits.DEFAULT.decodingWithin(LITTLE));
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            DwarfAnswer.Found found = (DwarfAnswer.Found) dwarf.lookup(ADDRESS);
            assertThat(found.frames()).singleElement().satisfies(frame -> {
                assertThat(frame.entry()).isEqualTo(HostileDwarf.CODE);
                assertThat(frame.line()).isZero();
            });
        }
    }

    /// After too many wasted steps, no look-up in the file has an answer.
    @Test
    void stepsInVainGiveTheFileUp() throws Exception {
        DwarfLimits few = new DwarfLimits(
                1 << 10, 1 << 10, 64, 64, 64, 64, 1 << 10, 1 << 10, 1 << 10, 1 << 26, 1 << 20, 1 << 16, 1 << 16);
        try (ElfFile file = open(HostileDwarf.rows(MANY), few);
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            assertThat(dwarf.lookup(ADDRESS).skipped())
                    .extracting(SkippedPart::detail)
                    .anyMatch(detail -> detail.contains("takes more than 65536 steps"));
            assertThat(dwarf.wasted()).isBetween(few.maxWastedWork(), 1L << 17);
            long wasted = dwarf.wasted();
            for (int i = 0; i < HostileDwarf.CODE_BYTES; i++) {
                DwarfAnswer later = dwarf.lookup(new ElfAddress(HostileDwarf.CODE + i));
                assertThat(later).isInstanceOf(DwarfAnswer.Missing.class);
                assertThat(later.skipped())
                        .extracting(SkippedPart::lacking)
                        .containsExactly(new LackingPart(LackingPart.Kind.SECTION, ".debug_info", Reason.TOO_LARGE));
            }
            assertThat(dwarf.wasted()).isEqualTo(wasted);
        }
    }

    /// Lists that stay as long as the file is open have a limit of their own.
    @Test
    void unitsBeyondWhatIsKeptAreSaidToLack() throws Exception {
        byte[] units = HostileDwarf.units(10_000, 1);
        try (ElfFile file = open(units, kept(1 << 16));
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            assertThat(dwarf.unitCount()).isBetween(1_000, 5_000);
            assertThat(dwarf.lookup(new ElfAddress(0x10)).skipped())
                    .extracting(SkippedPart::scope, skipped -> skipped.lacking().reason())
                    .contains(org.assertj.core.groups.Tuple.tuple(SkippedPart.Scope.UNITS, Reason.TOO_LARGE));
        }
        try (ElfFile file = open(units, kept(1 << 20));
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            assertThat(dwarf.unitCount()).isEqualTo(10_000);
            assertThat(dwarf.lookup(ADDRESS)).isInstanceOf(DwarfAnswer.Found.class);
        }
    }

    private static DwarfLimits kept(long bytes) {
        return new DwarfLimits(
                1 << 20, 1 << 10, 64, 64, 64, 64, 1 << 10, 1 << 10, 1 << 10, 1 << 26, bytes, 1 << 26, 1 << 26);
    }

    private static ElfFile open(byte[] bytes, DwarfLimits limits) throws Exception {
        ParseLimits usual = ParseLimits.DEFAULT;
        return ElfFile.of(
                "hostile",
                bytes,
                new ParseLimits(
                        usual.maxNoteBytes(),
                        usual.maxProgramHeaders(),
                        usual.maxSections(),
                        usual.maxSymbols(),
                        usual.maxNameBytes(),
                        usual.maxInflatedBytes(),
                        limits));
    }
}
