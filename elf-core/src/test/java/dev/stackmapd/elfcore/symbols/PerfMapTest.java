package dev.stackmapd.elfcore.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `perf-<pid>.map`: names with blanks, addresses used again, bad lines.
class PerfMapTest {
    @Test
    void namesCode() {
        ParsedText parsed = parse("7f0000001000 40 void Main::run(int, char)\n0x7f0000002000 0x10 last");
        TextSymbolTable table = parsed.symbols();
        assertThat(parsed.warnings()).isEmpty();
        assertThat(table.find(0x7f00_0000_103fL))
                .contains(new TextSymbol("void Main::run(int, char)", "", 0x7f00_0000_1000L, 0x40));
        assertThat(table.find(0x7f00_0000_1040L)).isEmpty();
        assertThat(name(table, 0x7f00_0000_2000L)).isEqualTo("last");
    }

    @Test
    void theLaterLineHasTheAddresses() {
        TextSymbolTable table = parse("1000 100 old\n1040 20 new\n").symbols();
        assertThat(name(table, 0x103f)).isEqualTo("old");
        assertThat(name(table, 0x1040)).isEqualTo("new");
        assertThat(name(table, 0x105f)).isEqualTo("new");
        assertThat(name(table, 0x1060)).isEqualTo("old");
        assertThat(table.find(0x1060).orElseThrow().start()).isEqualTo(0x1000);
        assertThat(name(parse("1040 20 old\n1000 100 new\n").symbols(), 0x1050)).isEqualTo("new");
    }

    @Test
    void addressesAreUnsigned() {
        TextSymbolTable table = parse("ffffffffffffff00 100 top\n1000 10 low\n").symbols();
        assertThat(name(table, -1)).isEqualTo("top");
        assertThat(name(table, -0x101)).isEqualTo("??");
        assertThat(name(table, 0x100f)).isEqualTo("low");
    }

    @Test
    void aBadLineCostsOnlyItself() {
        ParsedText parsed =
                parse("1000 10 good\n\n1000 0 empty\n1000 ffffffffffffffff wraps\n1000\n1000 10\n1000 10 \n");
        assertThat(parsed.symbols().size()).isEqualTo(1);
        assertThat(parsed.warnings())
                .extracting(w -> w.line() + ":" + w.column() + " " + w.detail())
                .containsExactly(
                        "2:1 expected a start of 1 to 16 hexadecimal digits",
                        "3:8 expected a size that is not 0 and ends below 2^64, found 0",
                        "4:23 expected a size that is not 0 and ends below 2^64, found ffffffffffffffff",
                        "5:5 expected a blank after a start",
                        "6:8 expected a blank after a size",
                        "7:9 expected a name");
    }

    @Test
    void warningsAreBoundedAndCounted() {
        ParsedText parsed = parse("bad\n".repeat(1000));
        assertThat(parsed.warnings()).hasSize(ParsedText.MAX_WARNINGS);
        assertThat(parsed.omittedWarnings()).isEqualTo(900);
    }

    @Test
    void bytesThatAreNoTextAreReplacedInNamesOnly() {
        byte[] text = "1000 10 \u00fcber\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(PerfMap.parse(text, ParseLimits.DEFAULT).symbols().get(0).name())
                .isEqualTo("\ufffdber");
    }

    @Test
    void noMoreSymbolsThanTheLimit() {
        ParsedText parsed =
                PerfMap.parse("1 1 a\n2 1 b\n3 1 c\n".getBytes(StandardCharsets.UTF_8), new ParseLimits(1, 1, 1, 2, 1));
        assertThat(parsed.symbols().size()).isEqualTo(2);
        assertThat(parsed.warnings())
                .containsExactly(new TextWarning(3, 1, "more than 2 symbols: the rest is not read"));
    }

    /// Applies the plain definition: each line overwrites the addresses of earlier ones.
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 20_261_123})
    void agreesWithPainting(long seed) {
        Random random = new Random(seed);
        String[] painted = new String[2000];
        Arrays.fill(painted, "??");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            int start = random.nextInt(1700);
            int size = 1 + random.nextInt(random.nextInt(10) == 0 ? 300 : 20);
            Arrays.fill(painted, start, start + size, "f" + i);
            text.append("%x %x f%d\n".formatted(0x1000 + start, size, i));
        }
        TextSymbolTable table = parse(text.toString()).symbols();
        for (int i = 0; i < painted.length; i++) {
            assertThat(name(table, 0x1000 + i)).as("0x%x", 0x1000 + i).isEqualTo(painted[i]);
        }
        assertThat(name(table, 0xfff)).isEqualTo("??");
    }

    private static ParsedText parse(String text) {
        return PerfMap.parse(text.getBytes(StandardCharsets.UTF_8), ParseLimits.DEFAULT);
    }

    private static String name(TextSymbolTable table, long address) {
        return table.find(address).map(TextSymbol::name).orElse("??");
    }
}
