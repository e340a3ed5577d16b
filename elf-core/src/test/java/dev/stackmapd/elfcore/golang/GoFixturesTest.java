package dev.stackmapd.elfcore.golang;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.FunctionNames;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfClass;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.symbols.DebugName;
import dev.stackmapd.elfcore.symbols.FileSymbols;
import dev.stackmapd.elfcore.symbols.SymbolPrecedence;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Stripped Go programs compared with the answers of `llvm-symbolizer` for the same programs with debug
/// information.
class GoFixturesTest {
    static Stream<String> programs() throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.path("binaries/go"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("programs")
    void agreesWithDebugInformation(String name) throws Exception {
        check(name, Files.readAllBytes(Fixtures.path("binaries/go/" + name)));
    }

    /// The table is found by its first bytes then.
    @ParameterizedTest
    @MethodSource("programs")
    void agreesWithoutSections(String name) throws Exception {
        byte[] file = Files.readAllBytes(Fixtures.path("binaries/go/" + name));
        boolean wide = file[4] == 2;
        for (int i = 0; i < (wide ? Long.BYTES : Integer.BYTES); i++) {
            file[(wide ? 40 : 32) + i] = 0;
        }
        try (ElfFile elf = ElfFile.of(name, file, ParseLimits.DEFAULT)) {
            assertThat(elf.sectionCount()).isZero();
            assertThat(elf.elfClass()).isEqualTo(wide ? ElfClass.ELF64 : ElfClass.ELF32);
        }
        check(name, file);
    }

    /// Padding after functions, which `nm -S` shows, has no name.
    @ParameterizedTest
    @ValueSource(strings = {"go1.19-amd64", "go1.19-386"})
    void fillingBehindAFunctionHasNoName(String name) throws Exception {
        try (ElfFile elf = ElfFile.open(Fixtures.path("binaries/go/" + name), ParseLimits.DEFAULT)) {
            GoTable table = GoTable.find(elf).orElseThrow();
            SymbolPrecedence symbols = SymbolPrecedence.of(List.of(FileSymbols.read(elf)));
            for (String line : Files.readAllLines(Fixtures.path("expected/go-gaps/" + name + ".gaps"))) {
                String[] gap = line.split(" ", 2);
                long start = Long.decode(gap[0]);
                assertThat(table.lookup(new ElfAddress(start - 1)).frames())
                        .as(line)
                        .isNotEmpty();
                assertThat(symbols.find(new ElfAddress(start - 1))).as(line).isPresent();
                for (long address = start; address < Long.decode(gap[1]); address++) {
                    assertThat(table.lookup(new ElfAddress(address)).frames())
                            .as(line)
                            .isEmpty();
                    assertThat(symbols.find(new ElfAddress(address))).as(line).isEmpty();
                }
            }
        }
    }

    private static void check(String name, byte[] file) throws Exception {
        try (ElfFile elf = ElfFile.of(name, file, ParseLimits.DEFAULT)) {
            GoTable table = GoTable.find(elf).orElseThrow();
            for (String line : Files.readAllLines(Fixtures.path("expected/go/" + name + ".frames"))) {
                List<String> words = List.of(line.split("\t", -1));
                GoAnswer answer = table.lookup(new ElfAddress(Long.decode(words.getFirst())));
                assertThat(answer.skipped()).as(line).isEmpty();
                List<String> theirs = comparable(words.stream().skip(1).map(GoFixturesTest::asShown));
                if (!theirs.isEmpty()) {
                    assertThat(comparable(
                                    answer.frames().stream().map(f -> f.function() + ' ' + f.file() + ':' + f.line())))
                            .as(line)
                            .isEqualTo(theirs);
                }
            }
        }
    }

    /// Returns the name of a symbol in the form that debug information has: without the calling
    /// convention, which the linker omits from the table.
    private static String asShown(String frame) {
        int blank = frame.indexOf(' ');
        FunctionNames names = new FunctionNames("", frame.substring(0, blank), 0);
        return DebugName.of(names, SourceLanguage.GO).rawName() + frame.substring(blank);
    }

    /// Returns the frames in the form in which both must agree. The table has no C code. Debug
    /// information has no lines of functions that the compiler generated; of a method inlined into the
    /// generated one for pointers, it has only the latter. The linker omits type arguments from the
    /// names in the table.
    private static List<String> comparable(Stream<String> frames) {
        return frames.filter(frame -> !frame.endsWith(" <autogenerated>:1") && !frame.endsWith(":0"))
                .filter(frame -> !frame.matches(".*\\.c:\\d+"))
                .map(frame -> frame.replaceAll("\\[[^]]*\\]", "[...]"))
                .map(frame -> frame.replace("(*waitReason)", "waitReason"))
                .toList();
    }
}
