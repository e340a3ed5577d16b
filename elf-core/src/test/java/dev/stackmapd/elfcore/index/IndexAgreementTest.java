package dev.stackmapd.elfcore.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.FixtureFinder;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.elfcore.symbols.LinkageNames;
import dev.stackmapd.elfcore.symbols.SymbolPrecedence;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// An index gives the same answers as look-ups in the debug information, at every byte of the code of
/// every binary in `binaries/dwarf/`. Those look-ups are compared with llvm-symbolizer in their own
/// package.
class IndexAgreementTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("dev.stackmapd.elfcore.dwarf.FixtureFinder#binaries")
    void everyByteAnswersAsTheDebugInformation(Path binary) throws Exception {
        Path target = folder.resolve("index");
        assertThat(FixtureIndex.build(binary, target)).isInstanceOf(IndexBuilding.Built.class);
        try (ElfFile elf = ElfFile.open(binary, ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(elf, FixtureFinder.beside(binary));
                SymbolIndex index = FixtureIndex.open(target)) {
            LinkageNames symbols = new LinkageNames(SymbolPrecedence.ofTables(List.of(SymbolTable.read(elf))));
            FrameCursor cursor = new FrameCursor();
            for (LoadSegment segment : elf.loadSegments()) {
                long start = segment.address().value();
                for (long address = start; segment.executable() && address < start + segment.fileSize(); address++) {
                    assertThat(Answers.indexed(index, cursor, address))
                            .as("0x%x", address)
                            .isEqualTo(Answers.direct(dwarf, symbols, address));
                }
            }
        }
    }
}
