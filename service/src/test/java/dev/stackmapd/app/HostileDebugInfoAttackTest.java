package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.fixtures.HostileDwarf;
import dev.stackmapd.fixtures.HostileDwarf.Much;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Binaries of some 20 KB whose debug information says very much of little code, at small heaps. The service
/// runs in a JVM of its own that ends at the first `OutOfMemoryError`; it stays alive, says what lacks, does
/// not try the same again, and serves honest requests.
class HostileDebugInfoAttackTest extends LiveServer {
    private static final int MANY = 20_000_000;
    private static final int AT_ONCE = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String HONEST = """
            {"processes": [{"maps": "00400000-00401000 r-xp 00001000 fe:00 7 /a\\n",
                            "binaries": [{"path": "/a", "buildId": "5eed"}]}],
             "stacks": [{"process": 0, "ips": ["0x400010"]}]}""";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx512m"})
    void muchOfOneUnit(String heap) throws Exception {
        try (ChildServer server =
                ChildServer.start(directory, List.of(), List.of(heap, "-XX:+ExitOnOutOfMemoryError"))) {
            port = server.port();
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
            double failed = failedBuilds();
            assertThat(failed).isEqualTo(ids.size());
            JsonNode first = post("/v1/symbolize", frames(ids)).json();
            assertThat(post("/v1/symbolize", frames(ids)).json()).isEqualTo(first);
            assertThat(failedBuilds()).as("builds that were tried again").isEqualTo(failed);
            assertHonestRequestsAreServed(server);
        }
    }

    /// A thousand units that share a line program: no index, and each question takes its share of steps.
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx512m"})
    void muchWork(String heap) throws Exception {
        try (ChildServer server =
                ChildServer.start(directory, List.of(), List.of(heap, "-XX:+ExitOnOutOfMemoryError"))) {
            port = server.port();
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

    private double failedBuilds() {
        return get("/actuator/prometheus")
                .response()
                .body()
                .lines()
                .filter(line -> line.startsWith("stackmapd_indexes_failed_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
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

    private static List<Integer> atOnce(Callable<Integer> attack) throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> status : clients.invokeAll(Collections.nCopies(AT_ONCE, attack))) {
                statuses.add(status.get());
            }
            return statuses;
        }
    }

    private void assertHonestRequestsAreServed(ChildServer server) {
        assertThat(server.process().isAlive()).isTrue();
        Answer receipt = post("/v1/batches", HONEST);
        assertThat(receipt.status()).as(receipt.response().body()).isEqualTo(200);
        String id = receipt.json().at("/ids/0").asString();
        assertThat(get("/v1/stacks/" + id).json().at("/frames/0/buildId").asString())
                .isEqualTo("5eed");
        assertThat(get("/actuator/health/readiness").status()).isEqualTo(200);
    }
}
