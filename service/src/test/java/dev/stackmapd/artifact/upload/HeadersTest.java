package dev.stackmapd.artifact.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.debuginfod.SourcePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Headers that clients send about bytes, and paths of source files.
class HeadersTest {

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
