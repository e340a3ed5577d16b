package dev.stackmapd.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MapsParserMalformedTest {
    private static final String GOOD =
            "55828ef69000-55828ef6a000 r-xp 00001000 fe:00 1916965                    /srv/app/target\n";
    private static final String NEXT =
            "55828ef6a000-55828ef6b000 r--p 00002000 fe:00 1916965                    /srv/app/target\n";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                                      | 1  | 8 to 16 lower-case hex digits of the start, found the end of the line
            5582aef-55828ef6a000 r-xp 00001000 fe:00 1              | 8  | 8 to 16 lower-case hex digits of the start, found '-'
            0x558280-55828ef6a000 r-xp 00001000 fe:00 1             | 2  | 8 to 16 lower-case hex digits of the start, found 'x'
            55828EF69000-55828ef6a000 r-xp 00001000 fe:00 1         | 6  | 8 to 16 lower-case hex digits of the start, found 'E'
            055828ef690000000-55828ef6a000 r-xp 00001000 fe:00 1    | 17 | 8 to 16 lower-case hex digits of the start, found '0'
            ` 55828ef69000-55828ef6a000 r-xp 00001000 fe:00 1 `     | 1  | 8 to 16 lower-case hex digits of the start, found byte 0x20
            55828ef69000 55828ef6a000 r-xp 00001000 fe:00 1         | 13 | '-' after the start, found byte 0x20
            55828ef69000-ffffffffffffffff0 r-xp 00001000 fe:00 1    | 30 | 8 to 16 lower-case hex digits of the end, found '0'
            55828ef69000-55828ef6a000\tr-xp 00001000 fe:00 1        | 26 | a blank after the end, found byte 0x09
            55828ef69000-55828ef6a000  r-xp 00001000 fe:00 1        | 27 | 'r' or '-', found byte 0x20
            55828ef69000-55828ef6a000 xxxx 00001000 fe:00 1         | 27 | 'r' or '-', found 'x'
            55828ef69000-55828ef6a000 rrxp 00001000 fe:00 1         | 28 | 'w' or '-', found 'r'
            55828ef69000-55828ef6a000 r--- 00001000 fe:00 1         | 30 | 's' or 'p', found '-'
            55828ef69000-55828ef6a000 r-x  00001000 fe:00 1         | 30 | 's' or 'p', found byte 0x20
            55828ef69000-55828ef6a000 r-xpp 00001000 fe:00 1        | 31 | a blank after the permissions, found 'p'
            55828ef69000-55828ef6a000 r-xp 1000 fe:00 1             | 36 | 8 to 16 lower-case hex digits of the offset, found byte 0x20
            55828ef69000-55828ef6a000 r-xp 00000000000001000 fe:00 1 | 48 | 8 to 16 lower-case hex digits of the offset, found '0'
            55828ef69000-55828ef6a000 r-xp 00001000 e:00 1          | 42 | 2 to 8 lower-case hex digits of the major device number, found ':'
            55828ef69000-55828ef6a000 r-xp 00001000 fe.00 1         | 43 | ':' after the major device number, found '.'
            55828ef69000-55828ef6a000 r-xp 00001000 fe:0 1          | 45 | 2 to 8 lower-case hex digits of the minor device number, found byte 0x20
            55828ef69000-55828ef6a000 r-xp 00001000 fe:000000000 1  | 52 | 2 to 8 lower-case hex digits of the minor device number, found '0'
            55828ef69000-55828ef6a000 r-xp 00001000 fe:00           | 46 | a blank after the device, found the end of the line
            55828ef69000-55828ef6a000 r-xp 00001000 fe:00 x         | 47 | a decimal inode, found 'x'
            55828ef69000-55828ef6a000 r-xp 00001000 fe:00 -1        | 47 | a decimal inode, found '-'
            55828ef69000-55828ef6a000 r-xp 00001000 fe:00 1a /x     | 48 | a blank after the inode, found 'a'
            55828ef69000-55828ef6a000 r-xp 00001000 fe:00 18446744073709551616 /x  | 66 | a decimal inode of at most 20 digits, below 2^64, found '6'
            55828ef69000-55828ef6a000 r-xp 00001000 fe:00 99999999999999999999 /x  | 66 | a decimal inode of at most 20 digits, below 2^64, found '9'
            55828ef69000-55828ef6a000 r-xp 00001000 fe:00 000000000000000000001 /x | 67 | a decimal inode of at most 20 digits, below 2^64, found '1'
            """)
    void aLineThatIsNotOfTheKernelIsAWarningAndCostsOnlyItself(String line, int column, String detail) {
        ParsedMaps parsed = MapsParser.parse((line + "\n" + NEXT).getBytes(ISO_8859_1));
        assertThat(parsed.warnings()).containsExactly(new MapsWarning(1, column, "expected " + detail));
        assertThat(parsed.vmas().size()).isEqualTo(1);
        assertThat(parsed.vmas().get(0)).hasToString("55828ef6a000-55828ef6b000 /srv/app/target");
    }

    @ParameterizedTest
    @ValueSource(strings = {"55828ef69000-55828ef69000", "55828ef69000-55828ef68000", "ffffffffff600000-55828ef68000"})
    void anEmptyRangeIsAWarning(String range) {
        ParsedMaps parsed = MapsParser.parse((range + " r-xp 00000000 00:00 0 \n" + NEXT).getBytes(ISO_8859_1));
        assertThat(parsed.vmas().size()).isEqualTo(1);
        assertThat(parsed.warnings())
                .containsExactly(new MapsWarning(1, 1, "expected an end above the start, found " + range));
    }

    @ParameterizedTest
    @ValueSource(strings = {"captures/python/maps.txt", "captures/odd-mappings/maps.txt"})
    void everyPrefixLosesOnlyTheLineThatIsCut(String fixture) throws IOException {
        byte[] text = Files.readAllBytes(Fixtures.path(fixture));
        int wholeLines = 0;
        for (int length = 0; length <= text.length; length++) {
            if (length > 0 && text[length - 1] == '\n') {
                wholeLines++;
            }
            ParsedMaps parsed = MapsParser.parse(Arrays.copyOf(text, length));
            int cutLines = length == 0 || text[length - 1] == '\n' ? 0 : 1;
            assertThat(parsed.vmas().size()).isBetween(wholeLines, wholeLines + cutLines);
            assertThat(parsed.vmas().size() + parsed.warnings().size()).isEqualTo(wholeLines + cutLines);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"captures/python/maps.txt", "captures/odd-mappings/maps.txt"})
    void anyByteMayBeAnyOther(String fixture) throws IOException {
        byte[] text = Files.readAllBytes(Fixtures.path(fixture));
        byte[] head = Arrays.copyOf(text, Math.min(text.length, 600));
        for (int at = 0; at < head.length; at++) {
            for (int value : new int[] {0, '\n', ' ', '0', 'f', '-', 'x', 0x80, 0xff, head[at] ^ 1}) {
                byte[] mutated = head.clone();
                mutated[at] = (byte) value;
                MapsAgreement.assertAgrees(mutated);
            }
        }
    }

    @Test
    void warningsAreCappedAndTheRestIsCounted() {
        byte[] text = ("?\n".repeat(250) + GOOD).getBytes(ISO_8859_1);
        ParsedMaps parsed = MapsParser.parse(text);
        assertThat(parsed.warnings()).hasSize(100);
        assertThat(parsed.warnings().getLast().line()).isEqualTo(100);
        assertThat(parsed.omittedWarnings()).isEqualTo(150);
        assertThat(parsed.vmas().size()).isEqualTo(1);
    }

    @Test
    void aTextMayHaveAsManyLinesAsTheLimit() {
        MapsLimits two = new MapsLimits(2, 0);
        assertThat(MapsParser.parse((GOOD + NEXT).getBytes(ISO_8859_1), two))
                .isInstanceOfSatisfying(
                        ParsedMaps.class,
                        parsed -> assertThat(parsed.vmas().size()).isEqualTo(2));
        MapsParseResult tooMany = MapsParser.parse((GOOD + NEXT + "?").getBytes(ISO_8859_1), two);
        assertThat(tooMany)
                .isInstanceOfSatisfying(
                        MapsParseResult.TooManyLines.class,
                        t -> assertThat(t.line()).isEqualTo(3));
    }

    @Test
    void theDefaultLineLimitIsThatOfTheSafetyRules() {
        byte[] text = "\n".repeat(65_537).getBytes(ISO_8859_1);
        assertThat(MapsParser.parse(text, MapsLimits.DEFAULT)).isEqualTo(new MapsParseResult.TooManyLines(65_536));
        assertThat(MapsParser.parse(text).omittedWarnings()).isEqualTo(65_437);
    }

    @Test
    void limitsAndWarningsCheckThemselves() {
        List<Runnable> wrong = List.of(
                () -> new MapsLimits(0, 1),
                () -> new MapsLimits(1, -1),
                () -> new MapsWarning(0, 1, ""),
                () -> new MapsWarning(1, 0, ""),
                () -> new ParsedMaps(MapsParser.parse(new byte[0]).vmas(), List.of(), -1));
        wrong.forEach(each -> assertThatIllegalArgumentException().isThrownBy(each::run));
    }

    @Test
    void bytesThatAreNoTextAtAllAreWarnings() {
        byte[] all = new byte[256];
        IntStream.range(0, 256).forEach(i -> all[i] = (byte) i);
        assertThat(MapsAgreement.assertAgrees(all).warnings())
                .extracting(MapsWarning::detail)
                .containsExactly(
                        "expected 8 to 16 lower-case hex digits of the start, found byte 0x00",
                        "expected 8 to 16 lower-case hex digits of the start, found byte 0x0b");
    }
}
