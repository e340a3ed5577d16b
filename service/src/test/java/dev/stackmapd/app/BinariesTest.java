package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// `/v1/binaries`: what is known, page by page, and binaries made ready beforehand.
class BinariesTest extends Uploading {
    @Test
    void manyBinariesArePreparedAtOnce() throws Exception {
        upload(PLAIN, "executable", fixture("dwarf/plain"));
        Answer accepted = post("/v1/binaries/prewarm", Map.of("buildIds", List.of(PLAIN, PLAIN, ALTERNATE)));
        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.json().get("accepted").asInt()).isEqualTo(2);
        await().until(() ->
                get("/v1/binaries/" + PLAIN).json().get("names").asString().equals("INDEX"));
        assertThat(post("/v1/binaries/prewarm", Map.of()).status()).isEqualTo(400);
    }

    @Test
    void binariesPageByPage() {
        stackThrough("0a", "0x1");
        stackThrough("0b", "0x1");
        stackThrough("0b", "0x2");
        List<JsonNode> all = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = get("/v1/binaries?limit=1" + after).json();
            page.get("binaries").forEach(all::add);
            after = page.has("next") ? "&after=" + page.get("next").asString() : "";
        } while (!after.isEmpty());
        assertThat(all)
                .extracting(binary -> binary.get("buildId").asString())
                .doesNotHaveDuplicates()
                .containsSubsequence("0b", "0a");
        assertThat(all)
                .extracting(binary -> binary.get("frames").asLong())
                .isSortedAccordingTo(Comparator.reverseOrder());
        JsonNode missing = get("/v1/binaries?missing=true&limit=1000").json().get("binaries");
        assertThat(position(missing, "0b")).isLessThan(position(missing, "0a"));
        assertThat(get("/v1/binaries?missing=true&after=0a").status()).isEqualTo(400);
        assertThat(get("/v1/binaries?limit=0").status()).isEqualTo(400);
        assertThat(get("/v1/binaries/0badc0de").status()).isEqualTo(404);
    }

    private static int position(JsonNode binaries, String buildId) {
        for (int i = 0; i < binaries.size(); i++) {
            if (binaries.get(i).get("buildId").asString().equals(buildId)) {
                return i;
            }
        }
        return Integer.MAX_VALUE;
    }
}
