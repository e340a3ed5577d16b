package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that are not what their senders claim: each is refused with its reason, and nothing is left.
class RefusedUploadsTest extends Uploading {
    @ParameterizedTest
    @CsvSource({
        "dwarf/plain, 00c9879257ed19cfa469ff85aae7984a6a88be23, executable, the file's own build-id is",
        "dwarf/plain, 30c98792, executable, the file's own build-id is",
        "split/stripped, bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2, debuginfo, the file does not fit the kind debuginfo",
        "dwarf/plain, 30c9879257ed19cfa469ff85aae7984a6a88be23, supplementary, the file does not fit the kind supplementary",
        "dwarf/plain, 30c9879257ed19cfa469ff85aae7984a6a88be23, dwp, the file does not fit the kind dwp",
        "no-build-id, 30c9879257ed19cfa469ff85aae7984a6a88be23, executable, the file has no build-id",
    })
    void aFileThatIsNotWhatIsClaimedIsRefused(String fixture, String buildId, String kind, String said)
            throws Exception {
        Answer answer = upload(buildId, kind, fixture(fixture));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("detail").asString()).startsWith(said).doesNotContain("/");
        assertNothingIsHeld(buildId);
    }

    @Test
    void whatIsNoFileOrOnlyAPartOfOneIsRefused() throws Exception {
        byte[] file = fixture("dwarf/plain");
        assertThat(detail(422, new byte[0])).contains("ends early");
        assertThat(detail(422, "<!doctype html><title>Sign in</title>".getBytes(StandardCharsets.UTF_8)))
                .startsWith("not an ELF file");
        for (int length : new int[] {4, 63, 64, 1_000, file.length / 2, file.length - 1}) {
            assertThat(detail(422, Arrays.copyOf(file, length)))
                    .as("%d bytes", length)
                    .isNotBlank();
        }
        assertThat(detail(413, new byte[(1 << 20) + 1])).isNotBlank();
        byte[] large = Arrays.copyOf(file, (1 << 20) + 1);
        assertThat(detail(413, large)).contains("1048576");
        assertNothingIsHeld(PLAIN);
    }

    @Test
    void anEndlessBodyIsCutOff() throws Exception {
        byte[] bomb = Zstd.compress(Arrays.copyOf(fixture("dwarf/plain"), 64 << 20));
        assertThat(send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                                .header("Content-Encoding", "zstd")
                                .PUT(BodyPublishers.ofByteArray(bomb)))
                        .status())
                .isEqualTo(413);
        assertNothingIsHeld(PLAIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/binaries/..%2f..%2fetc/executable",
                "/v1/binaries/%2e%2e/executable",
                "/v1/binaries/30c9879257ed19cfa469ff85aae7984a6a88be2/executable",
                "/v1/binaries/zz/executable",
                "/v1/binaries/30c9%00/executable",
                "/v1/binaries/30c9879257ed19cfa469ff85aae7984a6a88be23/..%2fexecutable",
                "/v1/binaries/30c9879257ed19cfa469ff85aae7984a6a88be23/index",
            })
    void tricksInThePathAreRefused(String path) throws Exception {
        assertThat(send(request(path).PUT(BodyPublishers.ofByteArray(fixture("dwarf/plain"))))
                        .status())
                .isIn(400, 404, 405);
        assertNothingIsHeld(PLAIN);
    }

    private String detail(int status, byte[] body) {
        Answer answer = upload(PLAIN, "executable", body);
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
        return answer.json().get("detail").asString();
    }
}
