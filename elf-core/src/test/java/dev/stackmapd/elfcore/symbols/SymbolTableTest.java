package dev.stackmapd.elfcore.symbols;

import static dev.stackmapd.fixtures.RawSymbol.STB_LOCAL;
import static dev.stackmapd.fixtures.RawSymbol.STB_WEAK;
import static dev.stackmapd.fixtures.RawSymbol.STT_GNU_IFUNC;
import static dev.stackmapd.fixtures.RawSymbol.STT_NOTYPE;
import static dev.stackmapd.fixtures.RawSymbol.STT_OBJECT;
import static dev.stackmapd.fixtures.RawSymbol.function;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.HeaderField;
import dev.stackmapd.fixtures.RawSection;
import dev.stackmapd.fixtures.RawSegment;
import dev.stackmapd.fixtures.RawSymbol;
import dev.stackmapd.fixtures.SectionField;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymbolTableTest {
    private static final int EXECUTABLE_FLAGS = 6;

    @Test
    void anAddressOutsideEverySymbolHasNoName() throws Exception {
        SymbolTable table = table(function("f", 0x1000, 0x10), function("g", 0x1020, 0x10));
        assertThat(name(table, 0xfff)).isEqualTo("??");
        assertThat(name(table, 0x1000)).isEqualTo("f");
        assertThat(name(table, 0x100f)).isEqualTo("f");
        assertThat(name(table, 0x1010)).isEqualTo("??");
        assertThat(name(table, 0x1020)).isEqualTo("g");
        assertThat(name(table, 0x1030)).isEqualTo("??");
        assertThat(name(table, -1)).isEqualTo("??");
        assertThat(table.find(new ElfAddress(0x1025)))
                .contains(new Symbol("g", new ElfAddress(0x1020), 0x10, SymbolSource.SYMTAB));
    }

    /// No compiler writes such names; debug information has none as long.
    @Test
    void aNameOfMoreThan64KiBIsCutAndMarked() throws Exception {
        SymbolTable table = table(
                function("x".repeat(65_536), 0x1000, 8),
                function("y".repeat(65_537), 0x1008, 8),
                function("z".repeat(65_000) + "@" + "v".repeat(2_000), 0x1010, 8));
        assertThat(name(table, 0x1000)).isEqualTo("x".repeat(65_536));
        assertThat(name(table, 0x1008)).isEqualTo("y".repeat(65_536) + "<truncated>");
        assertThat(name(table, 0x1010)).isEqualTo("z".repeat(65_000));
    }

    @Test
    void theEnclosingSymbolAnswersAfterANestedOneEnds() throws Exception {
        SymbolTable table = table(
                function("outer", 0x1000, 0x100),
                function("middle", 0x1010, 0x50),
                function("inner", 0x1020, 0x8),
                function("overlapping", 0x10f0, 0x20),
                function("sameStart", 0x1000, 0x8));
        assertThat(name(table, 0x1000)).isEqualTo("sameStart");
        assertThat(name(table, 0x1008)).isEqualTo("outer");
        assertThat(name(table, 0x1020)).isEqualTo("inner");
        assertThat(name(table, 0x1028)).isEqualTo("middle");
        assertThat(name(table, 0x1060)).isEqualTo("outer");
        assertThat(name(table, 0x10f0)).isEqualTo("overlapping");
        assertThat(name(table, 0x110f)).isEqualTo("overlapping");
        assertThat(name(table, 0x1110)).isEqualTo("??");
    }

    @Test
    void aSymbolWithoutSizeAnswersForItsOwnAddressOutsideOthers() throws Exception {
        SymbolTable table =
                table(function("f", 0x1000, 0x10), function("label", 0x1008, 0), function("end", 0x1010, 0));
        assertThat(name(table, 0x1008)).isEqualTo("f");
        assertThat(name(table, 0x1010)).isEqualTo("end");
        assertThat(name(table, 0x1011)).isEqualTo("??");
    }

    @Test
    void onlyCodeThatIsDefinedHereCounts() throws Exception {
        SymbolTable table = table(
                function("indirect", 0x1000, 1).withType(STT_GNU_IFUNC),
                function("untyped", 0x1001, 1).withType(STT_NOTYPE),
                function("untyped data", 0x1002, 1).withType(STT_NOTYPE).inSection(2),
                function("object", 0x1003, 1).withType(STT_OBJECT),
                function("thread local", 0x1004, 1).withType(6),
                function("section", 0x1005, 1).withType(3),
                function("file.c", 0x1006, 1).withType(4),
                function("undefined", 0x1007, 1).inSection(RawSymbol.SHN_UNDEF),
                function("absolute", 0x1008, 1).inSection(RawSymbol.SHN_ABS),
                function("common", 0x1009, 1).inSection(RawSymbol.SHN_COMMON),
                function("$x", 0x100a, 1).withType(STT_NOTYPE),
                function("$d.1", 0x100b, 1).withType(STT_NOTYPE),
                function("$main", 0x100c, 1).withType(STT_NOTYPE));
        assertThat(names(table)).containsExactly("indirect", "untyped", "$main");
    }

    @Test
    void aliasesHaveOneNameByTheWrittenRule() throws Exception {
        assertThat(names(table(local("a"), weak("b"), global("__c")))).containsExactly("__c");
        assertThat(names(table(local("a"), weak("__b")))).containsExactly("__b");
        assertThat(names(table(global("__a"), global("_bcd"), global("___x")))).containsExactly("_bcd");
        assertThat(names(table(global("longer"), global("short")))).containsExactly("short");
        assertThat(names(table(global("bb"), global("ab"), global("ac")))).containsExactly("ab");
        assertThat(names(table(global("write@GLIBC_2.2.5"), global("written")))).containsExactly("write");
        assertThat(names(table(global("memcpy@@GLIBC_2.14")))).containsExactly("memcpy");
        assertThat(names(table(global("@strange")))).containsExactly("@strange");
    }

    @Test
    void whereSymtabNamesNoCodeDynsymIsRead() throws Exception {
        byte[] file = withText()
                .symbols(".symtab", RawSection.SHT_SYMTAB, global("data").withType(STT_OBJECT))
                .symbols(".dynsym", RawSection.SHT_DYNSYM, global("exported"))
                .build();
        SymbolTable table = read(file);
        assertThat(names(table)).containsExactly("exported");
        assertThat(table.source()).isEqualTo(SymbolSource.DYNSYM);
    }

    @Test
    void aRelocatableFileHasNoAddresses() throws Exception {
        byte[] file = withText()
                .type(ElfBuilder.ET_REL)
                .symbols(".symtab", RawSection.SHT_SYMTAB, global("f"))
                .build();
        assertThat(read(file).size()).isZero();
    }

    @Test
    void addressesAreUnsigned() throws Exception {
        SymbolTable table = table(
                function("kernel", 0xffff_ffff_8100_0000L, 0x10),
                function("user", 0x1000, 0x10),
                function("top", -8, 8));
        assertThat(name(table, 0xffff_ffff_8100_000fL)).isEqualTo("kernel");
        assertThat(name(table, 0x100f)).isEqualTo("user");
        assertThat(name(table, -1)).isEqualTo("top");
        assertThat(name(table, 0xffff_ffff_8100_0010L)).isEqualTo("??");
    }

    @Test
    void addressesOf32BitFilesAreZeroExtended() throws Exception {
        byte[] file = ElfBuilder.elf32()
                .bigEndian()
                .section(RawSection.section(".text", RawSection.SHT_PROGBITS, new byte[4])
                        .with(SectionField.SH_FLAGS, EXECUTABLE_FLAGS))
                .symbols(".symtab", RawSection.SHT_SYMTAB, function("high", 0xc000_0000L, 16))
                .build();
        assertThat(name(read(file), 0xc000_000fL)).isEqualTo("high");
    }

    @Test
    void bit0OfAnArmFunctionIsNoAddress() throws Exception {
        byte[] file = ElfBuilder.elf32()
                .header(HeaderField.E_MACHINE, 40)
                .section(RawSection.section(".text", RawSection.SHT_PROGBITS, new byte[4])
                        .with(SectionField.SH_FLAGS, EXECUTABLE_FLAGS))
                .symbols(".symtab", RawSection.SHT_SYMTAB, function("thumb", 0x1001, 4))
                .build();
        assertThat(name(read(file), 0x1000)).isEqualTo("thumb");
        assertThat(name(read(file), 0x1004)).isEqualTo("??");
    }

    @Test
    void damagedSymbolsAreSkippedAndCounted() throws Exception {
        SymbolTable table = table(function("wraps", -8, 9), function("", 0x1000, 8), function("good", 0x2000, 8));
        assertThat(names(table)).containsExactly("good");
        assertThat(table.skipped()).isEqualTo(2);
    }

    @Test
    void extendedSectionIndexesGoByTheSegment() throws Exception {
        byte[] file = ElfBuilder.elf64()
                .segment(RawSegment.load(0, 0x2000, 0x1000))
                .emptySections(65_300)
                .symbols(
                        ".symtab",
                        RawSection.SHT_SYMTAB,
                        function("far", 0x1000, 8).withType(STT_NOTYPE).inSection(65_290),
                        function("outside", 0x9000, 8).withType(STT_NOTYPE).inSection(65_290))
                .build();
        assertThat(names(read(file))).containsExactly("far");
    }

    @Test
    void limitsAreErrorsThatNameThem() {
        byte[] file = withText()
                .symbols(".symtab", RawSection.SHT_SYMTAB, function("one", 0, 8), function("two", 8, 8))
                .build();
        assertThatThrownBy(() -> read(file, new ParseLimits(1, 1, 9, 1, 100)))
                .isInstanceOf(MalformedBinaryException.class)
                .hasMessageContaining("more than 1 code symbols");
        assertThatThrownBy(() -> read(file, new ParseLimits(1, 1, 9, 9, 4)))
                .isInstanceOf(MalformedBinaryException.class)
                .hasMessageContaining("symbol name does not end");
        assertThatThrownBy(() -> read(file, new ParseLimits(1, 1, 4, 9, 100)))
                .isInstanceOf(MalformedBinaryException.class)
                .hasMessageContaining("at most 4");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 20_261_123})
    void agreesWithALinearScan(long seed) throws Exception {
        Random random = new Random(seed);
        RawSymbol[] symbols = randomSymbols(random, 1 + random.nextInt(400));
        SymbolTable table = table(symbols);
        for (long address = 0xff0; address < 0x1000 + 2300; address++) {
            assertThat(name(table, address)).as("0x%x", address).isEqualTo(byScanning(symbols, address));
        }
    }

    private static RawSymbol[] randomSymbols(Random random, int count) {
        List<RawSymbol> symbols = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long size = random.nextInt(3) == 0 ? 0 : 1L << random.nextInt(9);
            String name = "_".repeat(random.nextInt(3)) + "f" + random.nextInt(30) + (i % 5 == 0 ? "@@V" + i : "");
            symbols.add(
                    function(name, 0x1000 + random.nextInt(2000) / 8 * 8, size).withBinding(random.nextInt(3)));
        }
        return symbols.toArray(RawSymbol[]::new);
    }

    /// Finds the symbol by definition: of those that hold the address, the closest start, the smallest
    /// size, the best name.
    private static String byScanning(RawSymbol[] symbols, long address) {
        Comparator<RawSymbol> closest = Comparator.<RawSymbol>comparingLong(symbol -> -symbol.value())
                .thenComparingLong(RawSymbol::size)
                .thenComparingInt(symbol -> List.of(1, 2, 0).indexOf(symbol.binding()))
                .thenComparingInt(symbol ->
                        (int) plain(symbol).chars().takeWhile(c -> c == '_').count())
                .thenComparingInt(symbol -> plain(symbol).length())
                .thenComparing(SymbolTableTest::plain);
        List<RawSymbol> all = List.of(symbols);
        return all.stream()
                .filter(symbol -> symbol.value() <= address && address < symbol.value() + symbol.size())
                .min(closest)
                .or(() -> all.stream()
                        .filter(s -> s.size() == 0 && s.value() == address)
                        .min(closest))
                .map(SymbolTableTest::plain)
                .orElse("??");
    }

    private static String plain(RawSymbol symbol) {
        int at = symbol.name().indexOf('@');
        return at > 0 ? symbol.name().substring(0, at) : symbol.name();
    }

    private static RawSymbol global(String name) {
        return function(name, 0x1000, 0x10);
    }

    private static RawSymbol weak(String name) {
        return global(name).withBinding(STB_WEAK);
    }

    private static RawSymbol local(String name) {
        return global(name).withBinding(STB_LOCAL);
    }

    private static ElfBuilder withText() {
        return ElfBuilder.elf64()
                .section(RawSection.section(".text", RawSection.SHT_PROGBITS, new byte[4])
                        .with(SectionField.SH_FLAGS, EXECUTABLE_FLAGS))
                .section(RawSection.section(".data", RawSection.SHT_PROGBITS, new byte[4]));
    }

    private static SymbolTable table(RawSymbol... symbols) throws MalformedBinaryException {
        return read(
                withText().symbols(".symtab", RawSection.SHT_SYMTAB, symbols).build());
    }

    private static SymbolTable read(byte[] file) throws MalformedBinaryException {
        return read(file, ParseLimits.DEFAULT);
    }

    private static SymbolTable read(byte[] file, ParseLimits limits) throws MalformedBinaryException {
        try (ElfFile elf = ElfFile.of("test", file, limits)) {
            return SymbolTable.read(elf);
        }
    }

    private static String name(SymbolTable table, long address) {
        return table.find(new ElfAddress(address)).map(Symbol::name).orElse("??");
    }

    private static List<String> names(SymbolTable table) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < table.size(); i++) {
            names.add(table.get(i).name());
        }
        return names;
    }
}
