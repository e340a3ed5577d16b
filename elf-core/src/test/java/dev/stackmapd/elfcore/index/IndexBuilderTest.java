package dev.stackmapd.elfcore.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.FixtureFinder;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.lookup.AddressBatch;
import dev.stackmapd.elfcore.lookup.IndexBackedSymbols;
import dev.stackmapd.elfcore.symbols.Symbol;
import dev.stackmapd.elfcore.symbols.SymbolSource;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.fixtures.RawSection;
import dev.stackmapd.fixtures.RawSymbol;
import dev.stackmapd.fixtures.SectionField;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexBuilderTest {
    private static final Path BINARY = Fixtures.path("binaries/dwarf/gcc-dwarf5-O3");

    @TempDir
    private Path folder;

    /// Compares frames, files, lines and columns with llvm-symbolizer itself.
    @ParameterizedTest
    @MethodSource("dev.stackmapd.elfcore.dwarf.FixtureFinder#binaries")
    void answersAsLlvmSymbolizer(Path binary) throws Exception {
        Path target = folder.resolve("index");
        FixtureIndex.build(binary, target);
        try (SymbolIndex index = FixtureIndex.open(target)) {
            FrameCursor cursor = new FrameCursor();
            for (Map.Entry<Long, List<String>> expected :
                    FixtureFinder.expectedPlaces(binary).entrySet()) {
                List<String> places = Answers.indexed(index, cursor, expected.getKey()).stream()
                        .map(frame -> "%s:%d:%d".formatted(frame.file(), frame.line(), frame.column()))
                        .toList();
                assertThat(places).as("0x%x", expected.getKey()).isEqualTo(expected.getValue());
            }
        }
    }

    /// Data beyond the buffers of a build goes through temporary files and gives the same index.
    @ParameterizedTest
    @ValueSource(ints = {1, 300, 5_000})
    void littleMemoryMakesTheSameBytes(int bufferBytes) throws Exception {
        FixtureIndex.build(BINARY, folder.resolve("much"));
        FixtureIndex.build(BINARY, folder.resolve("little"), new IndexSettings(bufferBytes, 4 << 20, 1 << 20, 1 << 20));
        assertThat(folder.resolve("little")).hasSameBinaryContentAs(folder.resolve("much"));
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void tooLittleMemoryLeavesTheOldIndexAlone() throws Exception {
        Path target = folder.resolve("index");
        FixtureIndex.build(BINARY, target);
        byte[] before = Files.readAllBytes(target);
        assertThat(FixtureIndex.build(BINARY, target, new IndexSettings(1, 1000, 1 << 20, 1 << 20)))
                .isInstanceOfSatisfying(
                        IndexBuilding.TooLarge.class,
                        refused -> assertThat(refused.detail()).endsWith("takes more than 1000 bytes of memory"));
        assertThat(target).hasBinaryContent(before);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aFailureLeavesNoTemporaryFile() throws Exception {
        Path target = folder.resolve("index");
        Files.createDirectories(target.resolve("in-the-way"));
        assertThatThrownBy(() -> FixtureIndex.build(BINARY, target)).isInstanceOf(IOException.class);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void withoutAnyCodeThereIsNoIndex() throws Exception {
        IndexBuilding nothing =
                new IndexBuilder(FixtureIndex.ORIGIN, IndexSettings.DEFAULT).write(folder.resolve("index"));
        assertThat(nothing).isEqualTo(new IndexBuilding.Empty(0));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void remembersWhereItIsFrom() throws Exception {
        FixtureIndex.build(BINARY, folder.resolve("index"));
        try (SymbolIndex index = FixtureIndex.open(folder.resolve("index"))) {
            assertThat(index.origin()).isEqualTo(FixtureIndex.ORIGIN);
            assertThat(index.sources()).contains(SymbolSource.DWARF);
            assertThat(index.partsSkipped()).isFalse();
        }
    }

    @Test
    void remembersAnHtlhash() throws Exception {
        IndexOrigin origin = new IndexOrigin(BuildId.ofHtlhash(new byte[16]), "test 1");
        Path target = folder.resolve("index");
        try (ElfFile elf = ElfFile.open(BINARY, ParseLimits.DEFAULT)) {
            IndexBuilder builder = new IndexBuilder(origin, IndexSettings.DEFAULT);
            builder.symbols(SymbolTable.read(elf)).write(target);
        }
        try (SymbolIndex index = FixtureIndex.open(target)) {
            assertThat(index.origin()).isEqualTo(origin);
        }
    }

    /// An index built from symbols alone gives the answers of the symbol table, at every byte.
    @ParameterizedTest
    @ValueSource(strings = {"sizes", "libaliases.so", "demo", "far-notes", "aarch64", "s390x", "cxx-O2"})
    void symbolsAloneAnswerAsTheTable(String name) throws Exception {
        Path target = folder.resolve("index");
        try (ElfFile elf = ElfFile.open(Fixtures.path("binaries/" + name), ParseLimits.DEFAULT)) {
            SymbolTable table = SymbolTable.read(elf);
            new IndexBuilder(FixtureIndex.ORIGIN, IndexSettings.DEFAULT)
                    .symbols(table)
                    .write(target);
            try (SymbolIndex index = FixtureIndex.open(target)) {
                long end = index.base() + Math.min(index.span(), 1 << 20);
                FrameCursor cursor = new FrameCursor();
                for (long address = index.base() - 8; address < end + 8; address++) {
                    assertThat(symbol(index, cursor, address))
                            .as("0x%x", address)
                            .isEqualTo(table.find(new ElfAddress(address))
                                    .map(found -> new Symbol(
                                            found.name(), found.start(), found.size(), SymbolSource.SYMTAB)));
                }
            }
        }
    }

    /// Addresses that do not fit 32 bits, up to the whole address space.
    @ParameterizedTest
    @ValueSource(longs = {0x1_0000_0000L, 0x7fff_0000_0000L, 0xffff_ffff_8100_0000L, 0xffff_ffff_ffff_fff0L})
    void functionsFarApart(long far) throws Exception {
        byte[] file = ElfBuilder.elf64()
                .section(RawSection.section(".text", RawSection.SHT_PROGBITS, new byte[4])
                        .with(SectionField.SH_FLAGS, 4))
                .symbols(
                        ".symtab",
                        RawSection.SHT_SYMTAB,
                        RawSymbol.function("near", 0x10, 8),
                        RawSymbol.function("far", far, 8))
                .build();
        Path target = folder.resolve("index");
        try (ElfFile elf = ElfFile.of("far", file, ParseLimits.DEFAULT)) {
            new IndexBuilder(FixtureIndex.ORIGIN, IndexSettings.DEFAULT)
                    .symbols(SymbolTable.read(elf))
                    .write(target);
        }
        try (SymbolIndex index = FixtureIndex.open(target)) {
            FrameCursor cursor = new FrameCursor();
            for (long address : new long[] {0xf, 0x10, 0x17, 0x18, far - 1, far, far + 7, far + 8, -1}) {
                String expected = address >= 0x10 && address < 0x18 ? "near" : "far";
                boolean known = expected.equals("near") || (address - far >= 0 && address - far < 8);
                assertThat(symbol(index, cursor, address).map(Symbol::name))
                        .as("0x%x", address)
                        .isEqualTo(known ? Optional.of(expected) : Optional.empty());
            }
            List<String> names = new ArrayList<>();
            new IndexBackedSymbols(index, () -> {})
                    .find(
                            AddressBatch.of(new long[] {far, 0x18, 0x10}),
                            (position, answer) ->
                                    answer.frames().forEach(frame -> names.add(position + " " + frame.rawName())));
            assertThat(names).containsExactly("2 near", "0 far");
        }
    }

    private static Optional<Symbol> symbol(SymbolIndex index, FrameCursor cursor, long address)
            throws MalformedBinaryException {
        if (index.find(address, cursor) == 0) {
            return Optional.empty();
        }
        IndexedFunction function = index.function(cursor.function(0));
        return Optional.of(
                new Symbol(function.rawName(), new ElfAddress(function.entry()), function.size(), SymbolSource.SYMTAB));
    }

    /// A walk over the ends of answers finds every change and nothing else.
    @Test
    void anAnswerHoldsUpToItsEnd() throws Exception {
        FixtureIndex.build(BINARY, folder.resolve("index"));
        try (SymbolIndex index = FixtureIndex.open(folder.resolve("index"))) {
            FrameCursor cursor = new FrameCursor();
            for (long address = index.base(); address < index.base() + index.span(); ) {
                List<Answers.Frame> here = Answers.indexed(index, cursor, address);
                long end = cursor.end();
                assertThat(end).isGreaterThan(address);
                assertThat(Answers.indexed(index, cursor, end - 1)).isEqualTo(here);
                address = end;
            }
        }
    }

    private List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".tmp")).toList();
        }
    }
}
