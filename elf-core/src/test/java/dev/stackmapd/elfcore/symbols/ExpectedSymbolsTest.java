package dev.stackmapd.elfcore.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.DebugLink;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Compares every fixture with the output of `readelf` and `llvm-symbolizer` when it was built.
class ExpectedSymbolsTest {
    @TestFactory
    Stream<DynamicTest> names() throws IOException {
        return expected(".symbols").map(name -> DynamicTest.dynamicTest(name, () -> checkNames(name)));
    }

    @TestFactory
    Stream<DynamicTest> loadSegments() throws IOException {
        return expected(".segments").map(name -> DynamicTest.dynamicTest(name, () -> checkSegments(name)));
    }

    @TestFactory
    Stream<DynamicTest> buildIds() throws IOException {
        return expected(".buildid").map(name -> DynamicTest.dynamicTest(name, () -> checkBuildId(name)));
    }

    @TestFactory
    Stream<DynamicTest> debugLinks() throws IOException {
        return expected(".debuglink").map(name -> DynamicTest.dynamicTest(name, () -> checkDebugLink(name)));
    }

    private static Stream<String> expected(String extension) throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.path("expected"))) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(extension))
                    .map(name -> name.substring(0, name.length() - extension.length()))
                    .sorted()
                    .toList();
            assertThat(names).isNotEmpty();
            return names.stream();
        }
    }

    private static Path binary(String name) {
        return Fixtures.path("binaries/" + name.replace("split.", "split/"));
    }

    private static List<String> lines(String name) throws IOException {
        return Files.readAllLines(Fixtures.path("expected/" + name));
    }

    /// Lines are `file-offset elf-address name`, `??` where no symbol holds the address.
    private static void checkNames(String name) throws Exception {
        Path symbols = name.equals("split.stripped") ? binary("split.stripped.debug") : binary(name);
        try (ElfFile bridge = ElfFile.open(binary(name), ParseLimits.DEFAULT);
                ElfFile file = ElfFile.open(symbols, ParseLimits.DEFAULT)) {
            SymbolTable table = SymbolTable.read(file);
            for (String line : lines(expectedNames(name) + ".symbols")) {
                String[] words = line.split(" ", -1);
                ElfAddress address = new ElfAddress(Long.decode(words[1]));
                assertThat(bridged(bridge.loadSegments(), new FileOffset(Long.decode(words[0]))))
                        .as(line)
                        .contains(address);
                assertThat(nameAt(table, address)).as(line).isEqualTo(words[2]);
            }
        }
    }

    /// readelf shows no symbols without section headers; the dynamic ones are those of the same link,
    /// stripped.
    private static String expectedNames(String binary) {
        return binary.equals("libno-sections.so") ? "libdynsym.so" : binary;
    }

    /// Approximate names begin with `~`.
    private static String nameAt(SymbolTable table, ElfAddress address) {
        return table.find(address)
                .map(symbol -> symbol.approximate() ? "~" + symbol.name() : symbol.name())
                .orElse("??");
    }

    private static Optional<ElfAddress> bridged(List<LoadSegment> segments, FileOffset offset) {
        return segments.stream()
                .filter(LoadSegment::executable)
                .flatMap(segment -> segment.addressOf(offset).stream())
                .findFirst();
    }

    /// Lines are `type offset address file-size memory-size flags alignment`.
    private static void checkSegments(String name) throws Exception {
        try (ElfFile file = ElfFile.open(binary(name), ParseLimits.DEFAULT)) {
            List<String> ours = file.loadSegments().stream()
                    .map(s -> s.offset() + " " + s.address() + " 0x" + Long.toHexString(s.fileSize()) + " "
                            + s.executable())
                    .toList();
            List<String> theirs = lines(name + ".segments").stream()
                    .map(line -> line.split(" ", -1))
                    .filter(words -> words[0].equals("LOAD"))
                    .map(words -> words[1] + " " + words[2] + " " + words[3] + " " + words[5].contains("E"))
                    .toList();
            assertThat(ours).isEqualTo(theirs);
            assertThat(file.programHeaderCount())
                    .isEqualTo(lines(name + ".segments").size());
        }
    }

    private static void checkBuildId(String name) throws Exception {
        String wanted = lines(name + ".buildid").getFirst();
        try (ElfFile file = ElfFile.open(binary(name), ParseLimits.DEFAULT)) {
            BuildIdSearch search = file.buildId();
            assertThat(search instanceof BuildIdSearch.Found(BuildId id) ? id.hex() : "none")
                    .isEqualTo(wanted);
        }
    }

    private static void checkDebugLink(String name) throws Exception {
        String[] wanted = lines(name + ".debuglink").getFirst().split(" ", -1);
        try (ElfFile file = ElfFile.open(binary(name), ParseLimits.DEFAULT)) {
            assertThat(file.debugLink())
                    .contains(new DebugLink(wanted[0], Long.decode(wanted[1]).intValue()));
        }
    }
}
