package dev.stackmapd.elfcore.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.LocalDebugFiles;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.index.IndexBuilder;
import dev.stackmapd.elfcore.index.IndexOpening;
import dev.stackmapd.elfcore.index.IndexOrigin;
import dev.stackmapd.elfcore.index.IndexSettings;
import dev.stackmapd.elfcore.index.SymbolIndex;
import dev.stackmapd.elfcore.symbols.FileSymbols;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares the raw name and the function's offset at every byte of code, from the files and from an
/// index of them, with llvm-symbolizer: the parts of split functions, several symbols at one address,
/// folded functions, code without sizes. `expect-parts.py` describes the format of the expected answers.
class RawNamesTest {
    @TempDir
    private Path folder;

    /// @param start where the function or part begins
    /// @param names the accepted names; several if no rule decides between the symbols there
    private record Expected(long low, long high, long start, List<String> names) {
        static Expected of(String line) {
            String[] words = line.split(" ", 4);
            return new Expected(
                    Long.decode(words[0]),
                    Long.decode(words[1]),
                    Long.decode(words[2]),
                    Arrays.asList(words[3].split("\\|")));
        }
    }

    static Stream<String> binaries() throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.path("expected/parts"))) {
            return files.map(file -> file.getFileName().toString().replace(".parts", "")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void agreesWithLlvmSymbolizerAtEveryByte(String name) throws Exception {
        Path binary = binary(name);
        List<Expected> expected = Files.readAllLines(Fixtures.path("expected/parts/" + name + ".parts")).stream()
                .map(Expected::of)
                .toList();
        Path target = folder.resolve("index");
        try (ElfFile elf = ElfFile.open(binary, ParseLimits.DEFAULT);
                DwarfFile dwarf =
                        DwarfFile.open(elf, new LocalDebugFiles(binary, List.of(), List.of(), ParseLimits.DEFAULT))) {
            FileSymbols symbols = FileSymbols.read(elf);
            try (BinarySymbols direct = new FileBackedSymbols(List.of(), dwarf, List.of(symbols), null, List.of())) {
                check(direct, expected);
            }
            IndexBuilder builder = new IndexBuilder(
                            new IndexOrigin(BuildId.of(new byte[] {1, 2, 3, 4}), "test 1"), IndexSettings.DEFAULT)
                    .dwarf(dwarf);
            symbols.tables().forEach(builder::symbols);
            builder.write(target);
        }
        SymbolIndex index = ((IndexOpening.Ready) SymbolIndex.open(target)).index();
        try (BinarySymbols indexed = new IndexBackedSymbols(index, () -> {})) {
            check(indexed, expected);
        }
    }

    @Test
    void namesOfSymbolsWithoutSizeAreApproximate() throws Exception {
        try (ElfFile elf = ElfFile.open(binary("unsized-lines"), ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(elf, DebugFileFinder.NONE);
                BinarySymbols names =
                        new FileBackedSymbols(List.of(), dwarf, List.of(FileSymbols.read(elf)), null, List.of())) {
            SourceFrame frame = names.find(new ElfAddress(0x401012)).frames().getLast();
            assertThat(frame.rawName()).isEqualTo("_start");
            assertThat(frame.line()).isPositive();
            assertThat(frame.approximate()).isTrue();
            // Before the first symbol of another section.
            assertThat(names.find(new ElfAddress(0x401040)).frames())
                    .noneMatch(f -> !f.rawName().isEmpty());
        }
    }

    private static Path binary(String name) {
        Path own = Fixtures.path("binaries/parts").resolve(name);
        Path path = Files.exists(own) ? own : Fixtures.path("binaries/dwarf").resolve(name);
        return Files.isDirectory(path) ? path.resolve(name) : path;
    }

    private static void check(BinarySymbols names, List<Expected> expected) throws Exception {
        List<String> differences = new ArrayList<>();
        for (Expected each : expected) {
            for (long address = each.low; address < each.high; address++) {
                SourceFrame function =
                        names.find(new ElfAddress(address)).frames().getLast();
                if (!each.names.contains(function.rawName()) || function.functionOffset() != address - each.start) {
                    differences.add("0x%x: %s + 0x%x, expected %s + 0x%x"
                            .formatted(
                                    address,
                                    function.rawName(),
                                    function.functionOffset(),
                                    each.names,
                                    address - each.start));
                }
            }
        }
        assertThat(differences).isEmpty();
    }
}
