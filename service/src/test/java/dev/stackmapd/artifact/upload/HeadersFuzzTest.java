package dev.stackmapd.artifact.upload;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.stackmapd.debuginfod.SourcePath;
import dev.stackmapd.upstream.FileRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// What clients put into headers, paths and small messages: nothing is thrown but what is declared, and nothing
/// that is read leads out of its bounds.
///
/// In an ordinary test run the inputs in the resources folder are tried once each. To search for new ones:
/// `JAZZER_FUZZ=1 mvn -pl service -am test -Dtest=HeadersFuzzTest -Dsurefire.failIfNoSpecifiedTests=false`
class HeadersFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void staysInBounds(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        ContentRange.parse(text).ifPresent(range -> {
            assertThat(range.first()).isNotNegative();
            assertThat(range.length()).isBetween(1L, range.total());
        });
        ReprDigest.sha256(text).ifPresent(digest -> assertThat(digest).matches("[0-9a-f]{64}"));
        SourcePath.decode("/" + text).ifPresent(HeadersFuzzTest::assertCanBeAskedFor);
        try {
            assertThat(ConnectMessages.offerOfProto(bytes).buildId().length()).isLessThanOrEqualTo(bytes.length);
            assertThat(ConnectMessages.buildIdOfProto(bytes).length()).isLessThanOrEqualTo(bytes.length);
        } catch (IOException e) {
            // What is no message is said to be none.
        }
    }

    /// The canonical name has no way up, and both can be sent on.
    private static void assertCanBeAskedFor(String path) {
        assertThat(SourcePath.canonical(path))
                .startsWith("/")
                .doesNotContain("/../")
                .doesNotContain("//");
        assertThat(new FileRequest.SourceFile(path).segments()).matches("source/[A-Za-z0-9._~%/-]*");
    }
}
