package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Kernel-style maps are offered more invented build-ids than there are ever numbers for (2^20): stacks that replace
/// one another, that collide, that find no place. None of them may keep a new build-id of another sender out.
class MapBuildIdsAttackTest extends LiveServer {
    private static final int BATCHES = 60;
    private static final int IDS = 18_000;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx512m"})
    void inventedBuildIds(String heap) throws Exception {
        try (ChildServer server =
                ChildServer.start(directory, List.of(), List.of(heap, "-XX:+ExitOnOutOfMemoryError"))) {
            port = server.port();
            put("/v1/stackmaps/replaced", "{\"maxEntries\": 2, \"depth\": 127, \"buildId\": true}");
            put("/v1/stackmaps/kept", "{\"maxEntries\": 2048, \"depth\": 127, \"buildId\": true}");
            put("/v1/stackmaps/full", "{\"maxEntries\": 1, \"depth\": 127, \"buildId\": true}");
            for (int batch = 0; batch < BATCHES; batch++) {
                byte[] body = invented(batch);
                String map = List.of("replaced", "kept", "full").get(batch % 3);
                Answer answer = send(request("/v1/stackmaps/" + map + "/stacks?reuse=" + (batch % 2 == 0))
                        .header("Content-Type", "application/json")
                        .header("Content-Encoding", "gzip")
                        .POST(BodyPublishers.ofByteArray(body)));
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
            Answer honest = post("/v1/batches", """
                    {"processes": [{"maps": "00400000-00401000 r-xp 00001000 fe:00 7 /a\\n",
                                    "binaries": [{"path": "/a", "buildId": "5eed"}]}],
                     "stacks": [{"process": 0, "ips": ["0x400010"]}]}""");
            assertThat(honest.status()).as(honest.response().body()).isEqualTo(200);
            assertThat(server.process().isAlive()).isTrue();
            assertThat(get("/actuator/health/liveness").status()).isEqualTo(200);
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
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write("{\"processes\": [{\"maps\": \"%s\", \"binaries\": [%s]}], \"stacks\": [%s]}]}"
                    .formatted(maps, binaries, stacks)
                    .getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }
}
