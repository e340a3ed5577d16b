package dev.stackmapd.elfcore.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.fixtures.Fixtures;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests the kernel's symbols: sizes compared with those that the kernel printed and with a linear scan,
/// and damaged input.
class KallsymsTest {
    @Test
    void hasTheSizesThatTheKernelPrintsInStacks() throws Exception {
        byte[] text = Files.readAllBytes(Fixtures.path("kernel/kallsyms.txt"));
        TextSymbolTable table = clean(text);
        List<String> lines = Files.readAllLines(Fixtures.path("kernel/kallsyms.sizes"));
        assertThat(lines).hasSizeGreaterThan(20);
        for (String line : lines) {
            String[] words = line.split("\t", -1);
            TextSymbol symbol = named(table, words[0]);
            assertThat(symbol.size()).as(line).isEqualTo(Long.decode(words[1]));
            assertThat(symbol.module()).as(line).isEqualTo(words[2]);
            assertThat(table.find(symbol.start() + symbol.size() - 1)).contains(symbol);
        }
    }

    @Test
    void aSymbolReachesToTheNextOfItsModule() {
        TextSymbolTable table = clean("""
                ffffffff81000000 T _text
                ffffffff81000100 t first
                ffffffff81000180 d data
                ffffffff81000200 W weak
                ffffffffc0000000 t one\t[alpha]
                ffffffffc0000040 T two\t[alpha]
                ffffffffc0001000 w three\t[beta]
                ffffffffc0001010 D four\t[beta]
                """.getBytes(StandardCharsets.UTF_8));
        assertThat(table.size()).isEqualTo(6);
        assertThat(name(table, 0xffff_ffff_8100_00ffL)).isEqualTo("_text");
        assertThat(name(table, 0xffff_ffff_8100_017fL)).isEqualTo("first");
        assertThat(name(table, 0xffff_ffff_8100_0180L)).isEqualTo("??");
        assertThat(name(table, 0xffff_ffff_8100_0200L)).isEqualTo("weak");
        assertThat(name(table, 0xffff_ffff_8100_0201L)).isEqualTo("??");
        assertThat(name(table, 0xffff_ffff_c000_003fL)).isEqualTo("one");
        assertThat(name(table, 0xffff_ffff_c000_0041L)).isEqualTo("??");
        assertThat(table.find(0xffff_ffff_c000_100fL))
                .contains(new TextSymbol("three", "beta", 0xffff_ffff_c000_1000L, 0x10));
    }

    @Test
    void theFirstOfSeveralNamesAnswers() {
        TextSymbolTable table = clean("1000 d data\n1000 T a\n1000 T b\n1010 T end".getBytes(StandardCharsets.UTF_8));
        assertThat(name(table, 0x1008)).isEqualTo("a");
        assertThat(table.size()).isEqualTo(2);
    }

    @Test
    void hiddenAddressesAreSaidToBeHidden() {
        ParsedText parsed = parse("0000000000000000 T _text\n0000000000000000 t first\n");
        assertThat(parsed.symbols().size()).isZero();
        assertThat(parsed.warnings())
                .containsExactly(new TextWarning(2, 25, "all addresses are 0: the kernel hides them from this reader"));
    }

    @Test
    void aBadLineCostsOnlyItself() {
        ParsedText parsed = parse("""
                1000 T good

                zzz T bad
                11112222333344445 T long
                1008
                1010 \s
                1020 T
                1030 T name\tmodule
                1040 T name\t[]
                1050 T last
                """);
        assertThat(parsed.symbols().size()).isEqualTo(2);
        assertThat(parsed.warnings())
                .extracting(w -> w.line() + ":" + w.column() + " " + w.detail())
                .containsExactly(
                        "2:1 expected an address of 1 to 16 hexadecimal digits",
                        "3:1 expected an address of 1 to 16 hexadecimal digits",
                        "4:1 expected an address of 1 to 16 hexadecimal digits",
                        "5:5 expected a blank after an address",
                        "6:7 expected a blank after a type",
                        "7:7 expected a blank after a type",
                        "8:12 expected a module in brackets",
                        "9:12 expected a module in brackets");
    }

    @Test
    void noMoreSymbolsThanTheLimit() {
        ParsedText parsed = Kallsyms.parse(
                "1000 T a\n2000 T b\n3000 T c\n".getBytes(StandardCharsets.UTF_8), new ParseLimits(1, 1, 1, 2, 1));
        assertThat(parsed.symbols().size()).isEqualTo(2);
        assertThat(parsed.warnings())
                .containsExactly(new TextWarning(3, 1, "more than 2 symbols: the rest is not read"));
    }

    @Test
    void everyPrefixIsRead() {
        String text = "ffffffff81000000 T _text\nffffffffc0000000 t one\t[alpha]\n";
        for (int length = 0; length <= text.length(); length++) {
            assertThat(parse(text.substring(0, length)).symbols().size()).isLessThanOrEqualTo(2);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 20_261_123})
    void agreesWithALinearScan(long seed) {
        Random random = new Random(seed);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            rows.add(new Row(
                    0x1000 + random.nextInt(1000), "tTwWdB".charAt(random.nextInt(6)), "f" + i, random.nextInt(3)));
        }
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> text.append(row.line()));
        TextSymbolTable table = clean(text.toString().getBytes(StandardCharsets.UTF_8));
        for (long address = 0xff0; address < 0x1400; address++) {
            assertThat(name(table, address)).as("0x%x", address).isEqualTo(byScanning(rows, address));
        }
    }

    /// The next lower address that has any symbol decides.
    private static String byScanning(List<Row> rows, long address) {
        long start = rows.stream()
                .mapToLong(Row::address)
                .filter(a -> a <= address)
                .max()
                .orElse(-1);
        List<Row> next = rows.stream()
                .filter(row -> row.address > address)
                .sorted(Comparator.comparingLong(Row::address))
                .toList();
        return rows.stream()
                .filter(row -> row.address == start && "tTwW".indexOf(row.type) >= 0)
                .findFirst()
                .filter(row -> address == start || (!next.isEmpty() && next.getFirst().module == row.module))
                .map(Row::name)
                .orElse("??");
    }

    private record Row(long address, char type, String name, int module) {
        String line() {
            return "%x %c %s%s\n".formatted(address, type, name, module == 0 ? "" : "\t[m" + module + "]");
        }
    }

    private static TextSymbol named(TextSymbolTable table, String name) {
        for (int i = 0; i < table.size(); i++) {
            if (table.get(i).name().equals(name)) {
                return table.get(i);
            }
        }
        throw new AssertionError(name);
    }

    private static ParsedText parse(String text) {
        return Kallsyms.parse(text.getBytes(StandardCharsets.UTF_8), ParseLimits.DEFAULT);
    }

    private static TextSymbolTable clean(byte[] text) {
        ParsedText parsed = Kallsyms.parse(text, ParseLimits.DEFAULT);
        assertThat(parsed.warnings()).isEmpty();
        return parsed.symbols();
    }

    private static String name(TextSymbolTable table, long address) {
        return table.find(address).map(TextSymbol::name).orElse("??");
    }
}
