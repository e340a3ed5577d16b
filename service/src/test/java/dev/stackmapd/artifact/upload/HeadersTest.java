package dev.stackmapd.artifact.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.debuginfod.ByteRange;
import dev.stackmapd.debuginfod.EntityTags;
import dev.stackmapd.debuginfod.SourcePath;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Headers that clients send about bytes. The cases of ranges are those of RFC 9110, 14.1.2 and 14.2.
class HeadersTest {

    @ParameterizedTest
    @CsvSource({
        "bytes=0-499, 0, 500",
        "bytes=500-999, 500, 500",
        "bytes=-500, 9500, 500",
        "bytes=9500-, 9500, 500",
        "bytes=9999-9999, 9999, 1",
        "bytes=0-0, 0, 1",
        "bytes=0-99999999999999999999999, 0, 10000",
        "bytes=-99999999999999999999999, 0, 10000",
        "bytes= 5-7, 5, 3",
    })
    void aRangeInsideAFile(String header, long from, long length) {
        assertThat(ByteRange.parse(header, 10_000)).isEqualTo(new ByteRange.Partial(from, length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=7-5", "bytes=0-1,5-6", "lines=0-1"})
    void aRangeThatIsIgnored(String header) {
        assertThat(ByteRange.parse(header, 10_000)).isEqualTo(new ByteRange.Whole());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10000-", "bytes=10000-20000", "bytes=99999999999999999999-", "bytes=-0"})
    void aRangeBehindTheFile(String header) {
        assertThat(ByteRange.parse(header, 10_000)).isEqualTo(new ByteRange.Unsatisfiable());
    }

    @Test
    void anEmptyFileHasNoRanges() {
        assertThat(ByteRange.parse("bytes=0-", 0)).isEqualTo(new ByteRange.Unsatisfiable());
        assertThat(ByteRange.parse("bytes=-1", 0)).isEqualTo(new ByteRange.Unsatisfiable());
    }

    @Test
    void noHeaderLeadsOutOfTheFile_seed42() {
        Random random = new Random(42);
        String characters = "bytes=0123456789-, ";
        for (int i = 0; i < 100_000; i++) {
            StringBuilder header = new StringBuilder(random.nextBoolean() ? "bytes=" : "");
            for (int j = random.nextInt(12); j > 0; j--) {
                header.append(characters.charAt(random.nextInt(characters.length())));
            }
            long size = random.nextLong(1_000);
            if (ByteRange.parse(header.toString(), size) instanceof ByteRange.Partial(long from, long length)) {
                assertThat(from).as(header.toString()).isBetween(0L, size - 1);
                assertThat(length).as(header.toString()).isBetween(1L, size - from);
            }
        }
    }

    @Test
    void whichBytesOfAFileABodyHas() {
        assertThat(ContentRange.parse("bytes 5-9/10")).contains(new ContentRange(5, 9, 10));
        assertThat(ContentRange.parse("bytes 0-0/1").orElseThrow().length()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes 5-4/10",
                "bytes 0-10/10",
                "bytes 0-9/*",
                "bytes */10",
                "bytes=0-9/10",
                "bytes -1-9/10",
                "bytes 0-9999999999999999999/1",
            })
    void aContentRangeThatIsNone(String header) {
        assertThat(ContentRange.parse(header)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "\"xyzzy\"; true",
                "W/\"xyzzy\"; true",
                "\"xyzzy\", \"r2d2xxxx\", \"c3piozzzz\"; true",
                "\"r2d2xxxx\",W/\"xyzzy\"; true",
                "*; true",
                "\"r2d2xxxx\"; false",
                "xyzzy; false",
                "\"xyzzy; false",
                "``; false",
            })
    void theFilesThatAClientHas(String header, boolean has) {
        assertThat(EntityTags.match(header, "\"xyzzy\"")).isEqualTo(has);
    }

    /// The digest of the example in RFC 9530, B.1.
    @Test
    void theDigestOfAWholeFile() {
        String header = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
        String hex = "44aff4ab2d7c3250525675a08f0cfa9591168cffe51791c5f5bbc417c15a6c38";
        assertThat(ReprDigest.sha256(header)).contains(hex);
        assertThat(ReprDigest.sha256("md5=:eA==:, " + header)).contains(hex);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha-256=",
                "sha-256=:",
                "sha-256=::",
                "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg:",
                "sha-512=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
                "xsha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
            })
    void aDigestThatIsNone(String header) {
        assertThat(ReprDigest.sha256(header)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/src/a.c, /src/a.c",
        "/src/a%2Bb%20c.c, /src/a+b c.c",
        "/src/a+b.c, /src/a+b.c",
        "//src//../x.c, //src//../x.c",
        "/%C3%A4.c, /ä.c",
        "/%5Cx.c, /\\x.c",
        "/%252F.c, /%2F.c",
    })
    void aSourcesNameInAUri(String escaped, String name) {
        assertThat(SourcePath.decode(escaped)).contains(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%4", "/%zz", "/%C3", "/%FF", "/%00", "/ä"})
    void aSourcesNameThatIsNone(String escaped) {
        assertThat(SourcePath.decode(escaped)).isEmpty();
        assertThat(SourcePath.decode("/x".repeat(10_000))).isEmpty();
    }

    /// As `realpath -m` has it.
    @ParameterizedTest
    @CsvSource({
        "/src/./a.c, /src/a.c",
        "/build/x/../../src//a.c, /src/a.c",
        "/../../a.c, /a.c",
        "a/../b.c, /b.c",
        "/a/b/.., /a",
        "/, /",
    })
    void aSourcesCanonicalName(String name, String canonical) {
        assertThat(SourcePath.canonical(name)).isEqualTo(canonical);
    }
}
