package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.fixtures.HostileDwarf;
import dev.stackmapd.fixtures.HostileDwarf.Much;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Binaries of some 20 KB whose debug information says very much of little code. The service stays alive, says
/// what lacks, does not try the same again, and serves honest requests.
class HostileDebugInfoAttackTest extends AttackedServer {
    private static final int MANY = 20_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx512m"})
    void muchOfOneUnit(String heap) throws Exception {
        try (ChildServer server = start(heap)) {
            List<String> ids = new ArrayList<>();
            for (Much kind : Much.values()) {
                ids.add(upload(kind.file(MANY)));
            }
            // All of them at once, at every byte, while their indexes are tried.
            assertThat(atOnce(() -> post("/v1/symbolize", frames(ids)).status()))
                    .contains(200)
                    .allMatch(status -> status == 200 || status == 503);
            for (String id : ids) {
                assertNamedBySymbolAlone(id);
                await().atMost(PATIENCE).until(() -> !noIndex(id).isEmpty());
                assertThat(noIndex(id)).matches(".* takes more than [0-9]+ bytes of memory");
            }
            double failed = metric("stackmapd_indexes_failed_total");
            assertThat(failed).isEqualTo(ids.size());
            JsonNode first = post("/v1/symbolize", frames(ids)).json();
            assertThat(post("/v1/symbolize", frames(ids)).json()).isEqualTo(first);
            assertThat(metric("stackmapd_indexes_failed_total"))
                    .as("builds that were tried again")
                    .isEqualTo(failed);
            assertHonestRequestsAreServed(server);
        }
    }

    /// A thousand units that share a line program: no index, and each question takes its share of steps.
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx512m"})
    void muchWork(String heap) throws Exception {
        try (ChildServer server = start(heap)) {
            String id = upload(HostileDwarf.units(10_000, 1_000_000));
            assertNamedBySymbolAlone(id);
            assertHonestRequestsAreServed(server);
            await().atMost(PATIENCE).until(() -> !noIndex(id).isEmpty());
            assertThat(noIndex(id)).contains("takes more than");
            assertHonestRequestsAreServed(server);
        }
    }

    private String upload(byte[] program) {
        assertThat(program.length).isLessThan(100_000);
        String id = HexFormat.of().formatHex(HostileDwarf.buildId(program));
        Answer stored = send(request("/v1/binaries/" + id + "/executable").PUT(BodyPublishers.ofByteArray(program)));
        assertThat(stored.status()).as(stored.response().body()).isEqualTo(201);
        return id;
    }

    private void assertNamedBySymbolAlone(String id) {
        Answer answer = post("/v1/symbolize", frames(List.of(id)));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        JsonNode frame = answer.json().at("/frames/1");
        assertThat(frame.at("/symbols/0/function").asString()).isEqualTo(HostileDwarf.SYMBOL);
        assertThat(frame.at("/lacking/0/reason").asString())
                .as(frame.toString())
                .isEqualTo("TOO_LARGE");
    }

    private String noIndex(String id) {
        return get("/v1/binaries/" + id).json().path("noIndex").asString("");
    }

    private static String frames(List<String> ids) {
        List<String> frames = new ArrayList<>();
        for (String id : ids) {
            for (int i = 0; i < HostileDwarf.CODE_BYTES; i++) {
                frames.add("{\"buildId\": \"%s\", \"offset\": %d}".formatted(id, HostileDwarf.CODE_OFFSET + i));
            }
        }
        return "{\"frames\": [" + String.join(",", frames) + "]}";
    }
}
