package dev.stackmapd.elfcore.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.fixtures.RawSection;
import dev.stackmapd.fixtures.RawSymbol;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests all sources of one file together: their order, and that damage in one does not affect others.
class FileSymbolsTest {
    /// `nm --synthetic` finds the code of each function in its descriptor.
    @Test
    void functionsWithDescriptorsAreNamedWhereTheirCodeIs() throws Exception {
        try (ElfFile file = ElfFile.open(Fixtures.path("binaries/names/descriptors"), ParseLimits.DEFAULT)) {
            FileSymbols symbols = FileSymbols.read(file);
            List<String> lines = Files.readAllLines(Fixtures.path("expected/names/descriptors.code"));
            assertThat(lines).hasSizeGreaterThan(3);
            for (String line : lines) {
                String[] words = line.split(" ", 2);
                ElfAddress address = new ElfAddress(Long.decode(words[0]));
                assertThat(found(symbols, address).map(Symbol::name)).as(line).contains(words[1]);
                assertThat(found(symbols, address).map(Symbol::start)).as(line).contains(address);
            }
        }
    }

    @Test
    void miniDebugInfoAnswersWhereTheDynamicTableDoesNot() throws Exception {
        FileSymbols symbols = read(Files.readAllBytes(Fixtures.path("binaries/names/libmini.so")));
        assertThat(symbols.tables())
                .extracting(SymbolTable::source)
                .containsExactly(SymbolSource.DYNSYM, SymbolSource.MINI_DEBUG_INFO, SymbolSource.PLT);
        assertThat(found(symbols, new ElfAddress(0x201060)).orElseThrow().source())
                .isEqualTo(SymbolSource.DYNSYM);
        assertThat(found(symbols, new ElfAddress(0x201020)).orElseThrow().source())
                .isEqualTo(SymbolSource.MINI_DEBUG_INFO);
        assertThat(symbols.skipped()).isEmpty();
    }

    @Test
    void stubsAnswerLast() throws Exception {
        FileSymbols symbols = read(Files.readAllBytes(Fixtures.path("binaries/names/plt-x86-64")));
        assertThat(found(symbols, new ElfAddress(0x1010)).orElseThrow())
                .isEqualTo(new Symbol("fourth@plt", new ElfAddress(0x1010), 16, SymbolSource.PLT));
        assertThat(symbols.tables())
                .extracting(SymbolTable::source)
                .containsExactly(SymbolSource.DYNSYM, SymbolSource.PLT);
        assertThat(symbols.heapBytes()).isPositive();
    }

    /// The function that the code belongs to is the last that `llvm-symbolizer` names.
    @ParameterizedTest
    @ValueSource(strings = {"go1.19-386", "go1.19-s390x", "go1.24-amd64", "go1.27-amd64-pie"})
    void strippedGoProgramsNameTheirFunctions(String name) throws Exception {
        FileSymbols symbols = read(Files.readAllBytes(Fixtures.path("binaries/go/" + name)));
        for (String line : Files.readAllLines(Fixtures.path("expected/go/" + name + ".frames"))) {
            String[] words = line.split("\t", -1);
            Symbol symbol =
                    found(symbols, new ElfAddress(Long.decode(words[0]))).orElseThrow();
            assertThat(symbol.source()).isEqualTo(SymbolSource.PCLNTAB);
            if (symbol.name().startsWith("main.")) {
                assertThat(words[words.length - 1]).startsWith(symbol.name() + ' ');
            }
        }
        assertThat(symbols.skipped()).isEmpty();
    }

    @Test
    void aDamagedSourceDisablesOnlyItself() throws Exception {
        byte[] file = ElfBuilder.elf64()
                .section(RawSection.section(".text", RawSection.SHT_PROGBITS, new byte[4]))
                .section(RawSection.section(".symtab", RawSection.SHT_SYMTAB, new byte[23]))
                .section(RawSection.section(".gnu_debugdata", RawSection.SHT_PROGBITS, new byte[12]))
                .symbols(".dynsym", RawSection.SHT_DYNSYM, RawSymbol.function("exported", 0x1000, 8))
                .build();
        FileSymbols symbols = read(file);
        assertThat(found(symbols, new ElfAddress(0x1007)).orElseThrow().name()).isEqualTo("exported");
        assertThat(symbols.skipped())
                .extracting(FileSymbols.SkippedSource::source)
                .containsExactly(SymbolSource.SYMTAB, SymbolSource.MINI_DEBUG_INFO);
    }

    private static Optional<Symbol> found(FileSymbols symbols, ElfAddress address) {
        return SymbolPrecedence.of(List.of(symbols)).find(address);
    }

    private static FileSymbols read(byte[] file) throws MalformedBinaryException {
        try (ElfFile elf = ElfFile.of("test", file, ParseLimits.DEFAULT)) {
            return FileSymbols.read(elf);
        }
    }
}
