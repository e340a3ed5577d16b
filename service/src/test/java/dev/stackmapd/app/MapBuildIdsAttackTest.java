package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Kernel-style maps are offered more invented build-ids than there are ever numbers for (2^20): stacks that replace
/// one another, that collide, that find no place. None of them may keep a new build-id of another sender out.
class MapBuildIdsAttackTest extends AttackedServer {
    private static final int BATCHES = 60;
    private static final int IDS = 18_000;

    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx512m"})
    void inventedBuildIds(String heap) throws Exception {
        try (ChildServer server = start(heap)) {
            put("/v1/stackmaps/replaced", "{\"maxEntries\": 2, \"depth\": 127, \"buildId\": true}");
            put("/v1/stackmaps/kept", "{\"maxEntries\": 2048, \"depth\": 127, \"buildId\": true}");
            put("/v1/stackmaps/full", "{\"maxEntries\": 1, \"depth\": 127, \"buildId\": true}");
            for (int batch = 0; batch < BATCHES; batch++) {
                byte[] body = invented(batch);
                String map = List.of("replaced", "kept", "full").get(batch % 3);
                Answer answer = postGzip("/v1/stackmaps/" + map + "/stacks?reuse=" + (batch % 2 == 0), body);
                assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
                assertThat(answer.json().get("results")).hasSize((IDS + 126) / 127);
            }
            assertThat(get("/v1/stackmaps/kept").json().get("entries").asInt()).isGreaterThan(500);
            int some = get("/v1/stackmaps/kept/stacks").json().at("/ids/0").asInt();
            assertThat(get("/v1/stackmaps/kept/stacks/" + some)
                            .json()
                            .at("/frames/0/buildId")
                            .asString())
                    .matches("[0-9a-f]{8}");
            assertHonestRequestsAreServed(server);
        }
    }

    /// A file for each page, and a stack through 127 of them at a time.
    private static byte[] invented(int batch) throws IOException {
        StringBuilder maps = new StringBuilder();
        StringBuilder binaries = new StringBuilder();
        StringBuilder stacks = new StringBuilder();
        for (int i = 0; i < IDS; i++) {
            maps.append("%05x000-%05x000 r-xp 00000000 fe:00 %d /%x\\n".formatted(i + 1, i + 2, i + 1, i));
            binaries.append(i == 0 ? "" : ",")
                    .append("{\"path\": \"/%x\", \"buildId\": \"%08x\"}".formatted(i, batch * IDS + i + 1));
            stacks.append(
                            i % 127 != 0
                                    ? ","
                                    : i == 0 ? "{\"process\": 0, \"ips\": [" : "]},{\"process\": 0, \"ips\": [")
                    .append(((i + 1L) << 12) + batch);
        }
        return gzip("{\"processes\": [{\"maps\": \"%s\", \"binaries\": [%s]}], \"stacks\": [%s]}]}"
                .formatted(maps, binaries, stacks));
    }
}
