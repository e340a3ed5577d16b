package dev.stackmapd.elfcore.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares the names of procedure linkage tables with the labels of objdump.
class StubNamesTest {
    static Stream<String> files() throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.path("binaries/names"))) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("plt-"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void namesWhatObjdumpNames(String name) throws Exception {
        List<String> lines = Files.readAllLines(Fixtures.path("expected/names/" + name + ".plt"));
        SymbolTable stubs = stubs(read(name));
        assertThat(lines).hasSize(4);
        assertThat(stubs.size()).isEqualTo(4);
        assertThat(stubs.skipped()).isZero();
        for (int i = 0; i < 4; i++) {
            String[] words = lines.get(i).split(" ", -1);
            Symbol stub = stubs.get(i);
            assertThat(stub.name()).isEqualTo(words[1]);
            assertThat(stub.start()).isEqualTo(new ElfAddress(Long.decode(words[0])));
            assertThat(stub.size()).isIn(8L, 12L, 16L, 24L);
            assertThat(stubs.find(new ElfAddress(stub.start().value() + stub.size() - 1)))
                    .contains(stub);
        }
        assertThat(stubs.find(new ElfAddress(stubs.get(0).start().value() - 1))).isEmpty();
        Symbol last = stubs.get(3);
        assertThat(stubs.find(new ElfAddress(last.start().value() + last.size())))
                .isEmpty();
    }

    /// Where the first entry of the next stub is known, stubs touch or leave a gap, and never overlap.
    @ParameterizedTest
    @MethodSource("files")
    void stubsDoNotOverlap(String name) throws Exception {
        SymbolTable stubs = stubs(read(name));
        for (int i = 1; i < stubs.size(); i++) {
            Symbol before = stubs.get(i - 1);
            assertThat(stubs.get(i).start().value())
                    .isGreaterThanOrEqualTo(before.start().value() + before.size());
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyPrefixIsAnAnswerOrRefused(String name) throws Exception {
        byte[] file = read(name);
        for (int length = 0; length < file.length; length += 7) {
            look(Arrays.copyOf(file, length));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 20_261_123)
    void damagedFilesAreAnsweredOrRefused(long seed) throws Exception {
        Random random = new Random(seed);
        for (String name : files().toList()) {
            byte[] whole = read(name);
            for (int round = 0; round < 300; round++) {
                byte[] file = whole.clone();
                for (int i = 0; i < 20; i++) {
                    file[random.nextInt(file.length)] = (byte) random.nextInt();
                }
                look(file);
            }
        }
    }

    private static byte[] read(String name) throws IOException {
        return Files.readAllBytes(Fixtures.path("binaries/names/" + name));
    }

    private static SymbolTable stubs(byte[] file) throws MalformedBinaryException {
        try (ElfFile elf = ElfFile.of("plt", file, ParseLimits.DEFAULT)) {
            return SymbolTable.read(elf, SymbolSource.PLT);
        }
    }

    private static void look(byte[] file) {
        try {
            SymbolTable stubs = stubs(file);
            for (int i = 0; i < stubs.size(); i++) {
                Optional<Symbol> found = stubs.find(stubs.get(i).start());
                assertThat(found).contains(stubs.get(i));
            }
        } catch (MalformedBinaryException e) {
            assertThat(e.offset()).isBetween(0L, (long) file.length);
        }
    }
}
