package dev.stackmapd.elfcore.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.FixtureFinder;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.dwarf.SkippedPart;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.elfcore.symbols.LinkageNames;
import dev.stackmapd.elfcore.symbols.SymbolPrecedence;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// If parts of the debug information are missing, an index gives the same answers as the debug
/// information, and the same missing parts, at every byte of the code. Those look-ups are compared with
/// llvm-symbolizer in their own package.
class LackingAgreementTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("dev.stackmapd.elfcore.dwarf.FixtureFinder#binaries")
    void otherFilesAreMissing(Path binary) throws Exception {
        check(binary, ParseLimits.DEFAULT, DebugFileFinder.NONE);
    }

    @ParameterizedTest
    @MethodSource("dev.stackmapd.elfcore.dwarf.FixtureFinder#binaries")
    void nothingLacksWhereNothingIsMissing(Path binary) throws Exception {
        try (SymbolIndex index = build(binary, ParseLimits.DEFAULT, FixtureFinder.beside(binary))) {
            assertThat(index.lacking(1)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 7_400, 7_700, 8_000})
    void sectionsAreTooLarge(int limit) throws Exception {
        Path binary = FixtureFinder.binaries()
                .filter(path -> path.endsWith("compressed-zlib"))
                .findFirst()
                .orElseThrow();
        ParseLimits limits = new ParseLimits(1 << 16, 16, 64, 1 << 10, 1 << 16, limit, DwarfLimits.DEFAULT);
        check(binary, limits, DebugFileFinder.NONE);
    }

    private SymbolIndex build(Path binary, ParseLimits limits, DebugFileFinder finder) throws Exception {
        Path target = folder.resolve("index");
        try (ElfFile elf = ElfFile.open(binary, limits);
                DwarfFile dwarf = DwarfFile.open(elf, finder)) {
            new IndexBuilder(FixtureIndex.ORIGIN, IndexSettings.DEFAULT)
                    .dwarf(dwarf)
                    .symbols(SymbolTable.read(elf))
                    .write(target);
        }
        return FixtureIndex.open(target);
    }

    private void check(Path binary, ParseLimits limits, DebugFileFinder finder) throws Exception {
        Set<LackingPart> all = new HashSet<>();
        try (ElfFile elf = ElfFile.open(binary, limits);
                DwarfFile dwarf = DwarfFile.open(elf, finder);
                SymbolIndex index = build(binary, limits, finder)) {
            FrameCursor cursor = new FrameCursor();
            LinkageNames symbols = new LinkageNames(SymbolPrecedence.ofTables(List.of(SymbolTable.read(elf))));
            for (LoadSegment segment : elf.loadSegments()) {
                long start = segment.address().value();
                for (long address = start; segment.executable() && address < start + segment.fileSize(); address++) {
                    Set<LackingPart> direct = dwarf.lookup(new ElfAddress(address)).skipped().stream()
                            .map(SkippedPart::lacking)
                            .collect(Collectors.toSet());
                    assertThat(Answers.indexed(index, cursor, address))
                            .as("0x%x", address)
                            .isEqualTo(Answers.direct(dwarf, symbols, address));
                    if (cursor.frames() > 0) {
                        assertThat(index.lacking(address, cursor))
                                .as("0x%x", address)
                                .containsExactlyInAnyOrderElementsOf(direct);
                        all.addAll(direct);
                    }
                }
            }
            assertThat(index.lacking(100)).containsExactlyInAnyOrderElementsOf(all);
        }
    }
}
