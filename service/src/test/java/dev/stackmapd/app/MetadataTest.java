package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// `/metadata` as elfutils' server has it, of binaries that were seen and files that are held.
class MetadataTest extends Uploading {
    private static final String UNSEEN = SPLIT;
    private static final int MANY = 1_001;

    @BeforeEach
    void see() throws Exception {
        seen(Map.of("/usr/bin/app", PLAIN, "/usr/lib/a b+c.so", "0e0f01", "/opt/é/app", "0e0f02"));
        upload(PLAIN, "executable", fixture("dwarf/plain"));
        upload(UNSEEN, "executable", fixture("split/stripped"));
    }

    /// One stack through each binary, mapped where it is said.
    private void seen(Map<String, String> binaries) {
        StringBuilder maps = new StringBuilder();
        List<Map<String, String>> known = new ArrayList<>();
        List<Map<String, Object>> stacks = new ArrayList<>();
        long at = 0x7f0000000000L;
        for (Map.Entry<String, String> binary : binaries.entrySet()) {
            maps.append("%x-%x r-xp 00000000 fe:00 %d %s\n".formatted(at, at + 0x1000, at, binary.getKey()));
            known.add(Map.of("path", binary.getKey(), "buildId", binary.getValue()));
            stacks.add(Map.of("process", 0, "ips", List.of("0x%x".formatted(at + 0x10))));
            at += 0x1000;
        }
        Map<String, Object> process = Map.of("maps", maps.toString(), "binaries", known);
        assertThat(post("/v1/batches", Map.of("processes", List.of(process), "stacks", stacks))
                        .status())
                .isEqualTo(200);
    }

    private JsonNode ask(String key, String value) {
        Answer answer = get(query(key, value));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/json");
        return answer.json();
    }

    private static String query(String key, String value) {
        return "/metadata?key=%s&value=%s".formatted(key, URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    /// The program has its debug information in it.
    @Test
    void aFileHasTheBuildIdsOfWhatWasMappedThere() {
        assertThat(ask("file", "/usr/bin/app")).isEqualTo(JSON.readTree("""
                {"results": [
                   {"type": "debuginfo", "buildid": "%1$s", "file": "/usr/bin/app"},
                   {"type": "executable", "buildid": "%1$s", "file": "/usr/bin/app"}],
                 "complete": true}""".formatted(PLAIN)));
        assertThat(ask("file", "/usr/lib/a b+c.so").at("/results/0/buildid").asString())
                .isEqualTo("0e0f01");
        assertThat(ask("file", "/opt/é/app").at("/results/0/buildid").asString())
                .isEqualTo("0e0f02");
        assertThat(ask("file", "/usr/bin/ap")).isEqualTo(JSON.readTree("{\"results\": [], \"complete\": true}"));
    }

    @Test
    void aPatternIsOfWholePaths() {
        assertThat(files(ask("glob", "/usr/*"))).contains("/usr/bin/app", "/usr/lib/a b+c.so");
        assertThat(files(ask("glob", "*/app"))).contains("/usr/bin/app", "/opt/é/app");
        assertThat(files(ask("glob", "usr*"))).isEmpty();
    }

    @Test
    void aBuildIdHasItsFilesAndIsFoundInEveryForm() {
        JsonNode padded = ask("buildid", "0e0f01" + "00".repeat(17));
        assertThat(padded.get("results")).hasSize(1);
        assertThat(padded.at("/results/0/file").asString()).isEqualTo("/usr/lib/a b+c.so");
        assertThat(ask("buildid", "0e0f03").get("results")).isEmpty();
    }

    /// The store keeps it under a path of this host, which must not reach a client.
    @Test
    void whatIsHeldAndWasNeverMappedHasNoPath() {
        assertThat(ask("buildid", UNSEEN))
                .isEqualTo(JSON.readTree(
                        "{\"results\": [{\"type\": \"executable\", \"buildid\": \"%s\"}], \"complete\": true}"
                                .formatted(UNSEEN)));
        assertThat(ask("glob", "*").toString()).doesNotContain(UNSEEN).doesNotContain("artifacts");
    }

    @Test
    void moreThanAThousandResultsAreCutAndThatIsSaid() {
        Map<String, String> many = new TreeMap<>();
        for (int i = 0; i < MANY; i++) {
            many.put("/many/" + i, "0e0fff%04x".formatted(i));
        }
        seen(many);
        JsonNode cut = ask("glob", "/many/*");
        assertThat(cut.get("results")).hasSize(MANY - 1);
        assertThat(cut.get("complete").asBoolean()).isFalse();
        assertThat(ask("glob", "/many/10?").get("complete").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?key=file",
                "?value=/usr/bin/app",
                "?key=path&value=/usr/bin/app",
                "?key=buildid&value=xyz",
                "?key=file&value=",
                "?key=glob&value=%ff",
                "?KEY=file&value=/usr/bin/app"
            })
    void aWrongQuestionIsRefused(String query) {
        assertThat(get("/metadata" + query).status()).isEqualTo(400);
    }

    @Test
    void aLongValueIsRefusedAndOtherParametersAreIgnored() {
        assertThat(get(query("glob", "*".repeat(4_097))).status()).isEqualTo(400);
        assertThat(get(query("file", "/usr/bin/app") + "&archive=1&later=x").status())
                .isEqualTo(200);
    }

    @Test
    void requestsAreCountedUnderTheNamesOfElfutils() {
        ask("file", "/usr/bin/app");
        assertThat(get("/metadata?key=x").status()).isEqualTo(400);
        assertThat(get("/actuator/prometheus").response().body())
                .contains("http_requests_total{type=\"metadata\"}")
                .contains("http_responses_duration_milliseconds_count{code=\"200\",type=\"metadata\"}")
                .contains("http_responses_duration_milliseconds_count{code=\"400\",type=\"metadata\"}");
    }

    private static List<String> files(JsonNode answer) {
        return answer.get("results")
                .valueStream()
                .map(result -> result.get("file").asString())
                .toList();
    }
}
