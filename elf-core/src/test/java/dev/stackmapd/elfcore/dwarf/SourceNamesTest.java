package dev.stackmapd.elfcore.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares the source files that a file names with those that `llvm-dwarfdump --show-sources` prints.
class SourceNamesTest {
    private static final Set<String> PROGRAM =
            Set.of("/src/geometry.h", "/src/main.cc", "/src/shapes.cc", "/src/total.cc");
    /// The charge for a name in addition to its text.
    private static final int ENTRY_BYTES = 64;

    private static final int NAME_BYTES = 1 << 10;
    private static final byte[] LIES = {0x00, 0x01, 0x7f, (byte) 0x80, (byte) 0xff};

    @ParameterizedTest
    @MethodSource("dev.stackmapd.elfcore.dwarf.ExpectedFrames#all")
    void agreesWithLlvmDwarfdump(ExpectedFrames binary) throws Exception {
        SourceNames found = read(binary.binary(), DwarfFixturesTest.finder(binary));
        assertThat(found.skipped()).isEmpty();
        assertThat(found.truncated()).isFalse();
        assertThat(found.names())
                .containsExactlyInAnyOrderElementsOf(
                        Files.readAllLines(Fixtures.path("expected/dwarf-sources/" + binary.name() + ".sources")));
    }

    /// Names that only `.debug_line.dwo` has are relative to the directory of the skeleton.
    @ParameterizedTest
    @ValueSource(strings = {"split-gcc4", "split-gcc5"})
    void splitFilesNameWhatTheProgramHasLost(String name) throws Exception {
        ExpectedFrames binary = new ExpectedFrames(name);
        SourceNames found = read(binary, ".debug_line", 0, DwarfFixturesTest.finder(binary), ParseLimits.DEFAULT);
        assertThat(found.names()).containsExactlyInAnyOrder("./geometry.h", "./main.cc", "./shapes.cc", "./total.cc");
        assertThat(found.skipped()).extracting(SkippedPart::scope).containsOnly(SkippedPart.Scope.LINES);
    }

    /// Changes every byte, then cuts the file at every byte: there is an answer within the limits, and
    /// no other exception.
    @ParameterizedTest
    @CsvSource({"split-types4,split-types4.dwp", "split-gcc4,main.dwo"})
    void damagedSplitFilesGiveAnAnswer(String name, String splitFile) throws Exception {
        Path path = new ExpectedFrames(name).binary();
        byte[] program = Files.readAllBytes(path);
        byte[] bytes = Files.readAllBytes(path.resolveSibling(splitFile));
        for (int at = 0; at < bytes.length; at++) {
            byte truth = bytes[at];
            bytes[at] = LIES[at % LIES.length];
            readWith(program, bytes, "lie at 0x" + Integer.toHexString(at));
            bytes[at] = truth;
        }
        for (int size = 0; size < bytes.length; size++) {
            readWith(program, Arrays.copyOf(bytes, size), "cut at " + size);
        }
    }

    private static void readWith(byte[] program, byte[] splitFile, String what) {
        try {
            SourceNames found = read(
                    program,
                    query -> query instanceof DebugFileFinder.Query.Alternate
                            ? Optional.empty()
                            : Optional.of(ElfFile.of("split", splitFile, limits(NAME_BYTES, 1 << 14))),
                    limits(NAME_BYTES, 1 << 14));
            assertThat(used(found)).as(what).isLessThanOrEqualTo(NAME_BYTES);
        } catch (MalformedBinaryException | RuntimeException | Error e) {
            throw new AssertionError(what, e);
        }
    }

    @Test
    void aMissingSplitFileIsSaidAndCostsNothingElse() throws Exception {
        SourceNames found = read(new ExpectedFrames("split-gcc5").binary(), DebugFileFinder.NONE);
        assertThat(found.names()).contains("./geometry.h", "./main.cc");
        assertThat(found.skipped()).extracting(SkippedPart::scope).containsOnly(SkippedPart.Scope.SPLIT_FILE);
    }

    /// `llvm-dwarfdump-19 --debug-cu-index` has files only for main.cc; the rows of the others have size
    /// 0.
    @ParameterizedTest
    @ValueSource(strings = {"split-types4", "split-types5"})
    void aUnitOfAPackageHasTheFilesThatTheIndexGivesIt(String name) throws Exception {
        ExpectedFrames binary = new ExpectedFrames(name);
        List<Boolean> withFiles = new ArrayList<>();
        try (ElfFile elf = ElfFile.open(binary.binary(), ParseLimits.DEFAULT);
                DwarfFiles files =
                        new DwarfFiles(new DwarfObject(DwarfSections.of(elf)), DwarfFixturesTest.finder(binary))) {
            ReadBudget budget = new ReadBudget(Long.MAX_VALUE, ReadBudget.ENDLESS);
            SplitFiles split = new SplitFiles(files);
            for (int i = 0; i < files.main().units().count(); i++) {
                Unit skeleton =
                        files.units().get(files.main(), files.main().units().start(i), budget);
                withFiles.add(split.find(skeleton, budget).hasFiles());
            }
        }
        assertThat(withFiles).containsExactly(true, false, false);
    }

    @Test
    void aMissingAlternateFileCostsNoAbsoluteName() throws Exception {
        SourceNames found = new SharedHeader().unitOfAlternateDirectory().sourceNames();
        assertThat(found.names()).containsExactlyInAnyOrder("/abs/c\ufffd.h", "/d.h");
        assertThat(found.skipped()).extracting(SkippedPart::scope).containsOnly(SkippedPart.Scope.ALTERNATE_FILE);
    }

    @Test
    void unitsThatShareAHeaderCountFromTheirOwnDirectories() throws Exception {
        SharedHeader shared =
                new SharedHeader().unit().unit("/one").unit("/two").unit("/one");
        assertThat(shared.sourceNames())
                .isEqualTo(new SourceNames(
                        Set.of("/one/a.c", "/one/inc/b.h", "/two/a.c", "/two/inc/b.h", "/abs/c\ufffd.h", "/d.h"),
                        false,
                        List.of()));
    }

    @Test
    void withoutAnyDirectoryNamesAreRelative() throws Exception {
        assertThat(new SharedHeader().unit().unit().sourceNames())
                .isEqualTo(new SourceNames(Set.of("a.c", "inc/b.h", "/abs/c\ufffd.h", "/d.h"), false, List.of()));
    }

    @Test
    void aFileWithoutDebugInformationNamesNothing() throws Exception {
        SourceNames found = read(Fixtures.path("binaries/libsysv-hash.so"), DebugFileFinder.NONE);
        assertThat(found).isEqualTo(new SourceNames(Set.of(), false, List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc-dwarf4", "gcc-dwarf5-O1", "clang-dwarf4", "clang-dwarf5-O1"})
    void aDamagedHeaderCostsOnlyItsOwnNames(String name) throws Exception {
        byte[] file = Files.readAllBytes(new ExpectedFrames(name).binary());
        DebugSection lines = section(file, ".debug_line");
        // The version of the first header, which is main.cc's.
        file[lines.offset() + 4] = 9;
        SourceNames found = read(file, DebugFileFinder.NONE, ParseLimits.DEFAULT);
        assertThat(found.names()).contains("/src/shapes.cc", "/src/total.cc").doesNotContain("/src/main.cc");
        assertThat(found.skipped()).singleElement().satisfies(skipped -> {
            assertThat(skipped.scope()).isEqualTo(SkippedPart.Scope.LINES);
            assertThat(skipped.detail())
                    .isEqualTo("damaged .debug_line: offset 0x%x: line program version is 9"
                            .formatted(lines.offset() + 6));
        });
    }

    /// A cut section loses the headers that are incomplete, and no name changes.
    @ParameterizedTest
    @ValueSource(strings = {"gcc-dwarf4", "gcc-dwarf5-O1"})
    void everyCutLeavesNamesOfWholeHeaders(String name) throws Exception {
        ExpectedFrames binary = new ExpectedFrames(name);
        byte[] file = Files.readAllBytes(binary.binary());
        DebugSection lines = section(file, ".debug_line");
        int before = 0;
        for (int size = 0; size < lines.size(); size++) {
            SourceNames found = read(lines.cut(file, size), DebugFileFinder.NONE, ParseLimits.DEFAULT);
            assertThat(PROGRAM).as("cut at %d", size).containsAll(found.names());
            assertThat(found.names()).as("cut at %d", size).hasSizeGreaterThanOrEqualTo(before);
            assertThat(found.skipped()).as("cut at %d", size).isNotEmpty();
            before = found.names().size();
        }
    }

    @Test
    void namesStopAtTheLimitAndThatIsSaid() throws Exception {
        Path binary = new ExpectedFrames("gcc-dwarf5-O1").binary();
        int all = 2000;
        for (int limit = 1; limit < all; limit++) {
            SourceNames found = read(Files.readAllBytes(binary), DebugFileFinder.NONE, limits(limit, 1 << 20));
            assertThat(used(found)).isLessThanOrEqualTo(limit);
            assertThat(PROGRAM).containsAll(found.names());
            assertThat(found.truncated() || found.names().equals(PROGRAM)).isTrue();
        }
        assertThat(read(Files.readAllBytes(binary), DebugFileFinder.NONE, limits(all, 1 << 20)))
                .isEqualTo(new SourceNames(PROGRAM, false, List.of()));
    }

    @Test
    void workBeyondTheBudgetEndsTheReading() throws Exception {
        Path binary = new ExpectedFrames("gcc-dwarf5-O1").binary();
        SourceNames found = read(Files.readAllBytes(binary), DebugFileFinder.NONE, limits(1 << 20, 20));
        assertThat(found.names()).hasSizeLessThan(PROGRAM.size());
        assertThat(found.skipped())
                .extracting(SkippedPart::detail)
                .allMatch(detail -> detail.endsWith("takes more than 20 steps"));
    }

    private static int used(SourceNames found) {
        return found.names().stream()
                .mapToInt(name -> name.length() + ENTRY_BYTES)
                .sum();
    }

    private static ParseLimits limits(int nameBytes, long work) {
        return new ParseLimits(
                1 << 16,
                1 << 10,
                1 << 10,
                1 << 10,
                1 << 16,
                1 << 20,
                new DwarfLimits(64, 1 << 10, 32, 8, 8, 256, 1 << 10, 1 << 12, nameBytes, 1 << 20, 1 << 20, 1, work));
    }

    private static SourceNames read(Path binary, DebugFileFinder finder) throws IOException, MalformedBinaryException {
        return read(Files.readAllBytes(binary), finder, ParseLimits.DEFAULT);
    }

    private static SourceNames read(
            ExpectedFrames binary, String cut, int bytes, DebugFileFinder finder, ParseLimits limits)
            throws IOException, MalformedBinaryException {
        byte[] file = Files.readAllBytes(binary.binary());
        return read(section(file, cut).cut(file, bytes), finder, limits);
    }

    private static SourceNames read(byte[] file, DebugFileFinder finder, ParseLimits limits)
            throws MalformedBinaryException {
        try (ElfFile elf = ElfFile.of("damaged", file, limits);
                DwarfFile dwarf = DwarfFile.open(elf, finder)) {
            return dwarf.sourceNames();
        }
    }

    private static DebugSection section(byte[] file, String name) {
        return DebugSection.of(file).stream()
                .filter(section -> section.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
