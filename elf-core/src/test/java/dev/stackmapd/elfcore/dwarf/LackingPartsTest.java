package dev.stackmapd.elfcore.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.ScratchSpace;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder.Query;
import dev.stackmapd.elfcore.dwarf.ExpectedFrames.ExpectedFrame;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests debug information of which parts are missing, damaged or too large. The rest must agree with
/// the answers of llvm-symbolizer for the whole, in any order of look-ups, and every answer must name
/// the missing parts.
class LackingPartsTest {
    private static final Path PACKAGES = Fixtures.path("binaries/packages");
    private static final int STEP = 61;

    /// Returns a finder with a damaged package, and the units' own files if `loose` finds them.
    private static DebugFileFinder damaged(byte[] splitPackage, DebugFileFinder loose) {
        return query -> switch (query) {
            case Query.SplitPackage(int rank) ->
                rank == 0
                        ? Optional.of(ElfFile.of("damaged.dwp", splitPackage, ParseLimits.DEFAULT))
                        : Optional.empty();
            case Query.SplitUnit unit -> loose.find(unit);
            case Query.Alternate alternate -> loose.find(alternate);
        };
    }

    private static byte[] splitPackage(String name) throws Exception {
        return Files.readAllBytes(Fixtures.path("binaries/dwarf/" + name + "/" + name + ".dwp"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"split-clang4", "split-clang5"})
    void aDamagedPackageCostsNothingWhereUnitsHaveTheirOwnFiles(String name) throws Exception {
        ExpectedFrames expected = new ExpectedFrames(name);
        byte[] whole = splitPackage(name);
        for (int size = 0; size < whole.length; size += STEP) {
            DwarfFixturesTest.check(expected, damaged(Arrays.copyOf(whole, size), DwarfFixturesTest.finder(expected)));
        }
    }

    /// The offsets of a unit's contributions lead to another unit.
    @ParameterizedTest
    @ValueSource(strings = {"split-clang4", "split-clang5"})
    void aRowOfAnotherUnitCostsNothingWhereUnitsHaveTheirOwnFiles(String name) throws Exception {
        ExpectedFrames expected = new ExpectedFrames(name);
        byte[] whole = splitPackage(name);
        DebugSection index = DebugSection.of(whole).stream()
                .filter(section -> section.name().equals(".debug_cu_index"))
                .findFirst()
                .orElseThrow();
        for (int at = 16; at < index.size(); at++) {
            byte truth = whole[index.offset() + at];
            whole[index.offset() + at] = 0;
            boolean isHash = at < 16 + 8 * 8;
            if (truth != 0 && isHash) {
                DwarfFixturesTest.check(expected, damaged(whole, DwarfFixturesTest.finder(expected)));
            }
            whole[index.offset() + at] = truth;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"split-clang4", "split-clang5"})
    void aDamagedPackageIsSaidInEveryOrderWhereUnitsAreNowhereElse(String name) throws Exception {
        ExpectedFrames expected = new ExpectedFrames(name);
        byte[] whole = splitPackage(name);
        for (int size = 0; size < whole.length; size += STEP) {
            DebugFileFinder finder = damaged(Arrays.copyOf(whole, size), DebugFileFinder.NONE);
            List<Long> addresses = known(expected);
            Map<Long, DwarfAnswer> answers = ask(expected, addresses, finder, ParseLimits.DEFAULT);
            assertThat(ask(expected, addresses.reversed(), finder, ParseLimits.DEFAULT))
                    .isEqualTo(answers);
            assertThat(answers.values())
                    .flatExtracting(DwarfAnswer::skipped)
                    .extracting(SkippedPart::lacking)
                    .allMatch(part -> part.name().endsWith(".dwo")
                            && part.kind() == LackingPart.Kind.DWP
                            && part.reason() == LackingPart.Reason.DAMAGED);
            assertThat(answers.values()).allMatch(answer -> !answer.skipped().isEmpty());
        }
    }

    /// Without the functions, the row of an inlined call would be taken for the function's.
    @ParameterizedTest
    @ValueSource(strings = {"split-clang4", "split-clang5", "split-gcc4", "split-gcc5"})
    void aMissingUnitIsSaidAndItsRowsAreNotShown(String name) throws Exception {
        ExpectedFrames expected = new ExpectedFrames(name);
        ask(expected, known(expected), DebugFileFinder.NONE, ParseLimits.DEFAULT)
                .forEach((address, answer) -> {
                    assertThat(answer).as("0x%x", address).isInstanceOf(DwarfAnswer.Missing.class);
                    assertThat(lacking(answer)).as("0x%x", address).isEqualTo(List.of(missing(expected, address)));
                });
    }

    private static LackingPart missing(ExpectedFrames expected, long address) {
        try {
            String file = expected.frames()
                    .getOrDefault(address, List.of())
                    .getLast()
                    .frame()
                    .file();
            String unit = file.substring(file.lastIndexOf('/') + 1).replace(".cc", ".dwo");
            return new LackingPart(LackingPart.Kind.DWO, unit, LackingPart.Reason.MISSING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// `-fsplit-dwarf-inlining`: the skeleton has every function with inlined calls, so that lines are
    /// right. The skeleton of total.cc has none, and looks like one that was compiled without that flag.
    @Test
    void aSkeletonWithInlinedCallsKeepsItsLines() throws Exception {
        ExpectedFrames expected = new ExpectedFrames("split-inlining");
        ask(expected, known(expected), DebugFileFinder.NONE, ParseLimits.DEFAULT)
                .forEach((address, answer) -> {
                    LackingPart missing = missing(expected, address);
                    assertThat(lacking(answer)).as("0x%x", address).isEqualTo(List.of(missing));
                    assertThat(places(answer))
                            .as("0x%x", address)
                            .isEqualTo(missing.name().equals("total.dwo") ? List.of() : places(expected, address));
                });
    }

    @Test
    void aPackageIsNamedAfterTheProgramOfADebugFile() throws Exception {
        agrees(
                PACKAGES.resolve("beside/app.debug"),
                new LocalDebugFiles(PACKAGES.resolve("beside/app.debug"), List.of(), List.of(), ParseLimits.DEFAULT));
        // A debug file in another folder, as in a .build-id tree.
        agrees(
                PACKAGES.resolve("beside/app.debug"),
                new LocalDebugFiles(
                        PACKAGES.resolve("inside/4f.debug"),
                        List.of(PACKAGES.resolve("beside/app")),
                        List.of(),
                        List.of(),
                        ParseLimits.DEFAULT,
                        ScratchSpace.TEMPORARY));
    }

    @Test
    void aPackageMayBeSectionsOfTheDebugFileOrTheExecutable() throws Exception {
        agrees(PACKAGES.resolve("inside/app.debug"), DebugFileFinder.NONE);
        Path inside = PACKAGES.resolve("inside/app.debug");
        agrees(
                PACKAGES.resolve("beside/app.debug"),
                new LocalDebugFiles(
                        PACKAGES.resolve("gone/4f.debug"),
                        List.of(inside),
                        List.of(),
                        List.of(),
                        ParseLimits.DEFAULT,
                        ScratchSpace.TEMPORARY));
    }

    private static void agrees(Path debugFile, DebugFileFinder finder) throws Exception {
        ExpectedFrames expected = new ExpectedFrames("split-clang5");
        try (ElfFile file = ElfFile.open(debugFile, ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(file, finder)) {
            for (long address : expected.frames().keySet()) {
                DwarfAnswer answer = dwarf.lookup(new ElfAddress(address));
                assertThat(places(answer)).as("0x%x", address).isEqualTo(places(expected, address));
                assertThat(answer.skipped()).as("0x%x", address).isEmpty();
            }
        }
    }

    /// The limit leaves out the same parts for every order of look-ups; an answer without missing parts
    /// is complete.
    @ParameterizedTest
    @ValueSource(strings = {"compressed-zlib", "compressed-zstd", "compressed-gnu"})
    void sectionsBeyondTheLimitAreSaidInEveryOrder(String name) throws Exception {
        ExpectedFrames expected = new ExpectedFrames(name);
        List<Long> addresses = known(expected);
        boolean complete = false;
        for (int limit = 1; !complete; limit += 101) {
            ParseLimits limits = new ParseLimits(1 << 16, 16, 64, 1 << 10, 1 << 16, limit, DwarfLimits.DEFAULT);
            Optional<Map<Long, DwarfAnswer>> answers = askWithin(expected, addresses, limits);
            assertThat(askWithin(expected, addresses.reversed(), limits)).isEqualTo(answers);
            for (Map.Entry<Long, DwarfAnswer> each : answers.orElse(Map.of()).entrySet()) {
                assertThat(lacking(each.getValue()))
                        .allMatch(part -> part.reason() == LackingPart.Reason.TOO_LARGE
                                && part.kind() == LackingPart.Kind.SECTION
                                && part.name().startsWith(".debug_"));
                if (each.getValue().skipped().isEmpty()) {
                    assertThat(places(each.getValue())).isEqualTo(places(expected, each.getKey()));
                }
            }
            complete = answers.isPresent()
                    && answers.get().values().stream()
                            .allMatch(answer -> answer.skipped().isEmpty());
        }
    }

    /// Returns the answers; empty where `.debug_info` itself is beyond the limit.
    private static Optional<Map<Long, DwarfAnswer>> askWithin(
            ExpectedFrames expected, List<Long> addresses, ParseLimits limits) throws Exception {
        try {
            return Optional.of(ask(expected, addresses, DebugFileFinder.NONE, limits));
        } catch (OverLimitException e) {
            return Optional.empty();
        }
    }

    private static List<Long> known(ExpectedFrames expected) throws Exception {
        return expected.frames().entrySet().stream()
                .filter(entry -> entry.getValue().stream()
                        .anyMatch(frame -> frame.frame().file().endsWith(".cc")))
                .filter(entry -> entry.getValue().getLast().frame().file().endsWith(".cc"))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Map<Long, DwarfAnswer> ask(
            ExpectedFrames expected, List<Long> addresses, DebugFileFinder finder, ParseLimits limits)
            throws Exception {
        try (ElfFile file = ElfFile.open(expected.binary(), limits);
                DwarfFile dwarf = DwarfFile.open(file, finder)) {
            return new ArrayList<>(addresses)
                    .stream()
                            .collect(Collectors.toMap(
                                    address -> address, address -> dwarf.lookup(new ElfAddress(address))));
        }
    }

    private static List<LackingPart> lacking(DwarfAnswer answer) {
        return answer.skipped().stream().map(SkippedPart::lacking).distinct().toList();
    }

    private static List<String> places(DwarfAnswer answer) {
        return switch (answer) {
            case DwarfAnswer.Found found ->
                found.frames().stream().map(DwarfFixturesTest::place).toList();
            case DwarfAnswer.Missing missing -> List.of();
        };
    }

    private static List<String> places(ExpectedFrames expected, long address) {
        try {
            return expected.frames().getOrDefault(address, List.<ExpectedFrame>of()).stream()
                    .map(DwarfFixturesTest::place)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
