package dev.stackmapd.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.upstream.RawUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The service among upstreams that do everything wrong, all at once: who asks is answered when the time of a fetch is
/// over, and told what each of them did. No file, connection, descriptor or thread is left.
class UpstreamFaultsTest extends LiveServer {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: ";
    private static final int ROUNDS = 5;
    private static final int ATTEMPTS = 10;
    /// Connections of the test's own client, and threads that the JVM starts when it likes; a leak is eight a round.
    private static final int COINCIDENCE = 8;

    /// Each has a host of its own, as real ones do: slow ones keep others of the same host waiting.
    private static final int FIRST_HOST = 10;

    private final Map<String, String> outcomes = new LinkedHashMap<>();
    private final Map<String, RawUpstream> upstreams = new LinkedHashMap<>();

    @TempDir
    Path directory;

    @BeforeEach
    void listen() throws IOException {
        byte[] other = Files.readAllBytes(Fixtures.path("binaries/dwarf/plain"));
        outcomes.put("http://127.0.0.1:%d/".formatted(deadPort()), "UNREACHABLE");
        add("TIMED_OUT", RawUpstream.Line::silence);
        add("TIMED_OUT", line -> drip(line, "HTTP/1.1 200 OK\r\nX-Slow: "));
        add("TIMED_OUT", line -> drip(line, OK + "9000\r\n\r\n\177ELF"));
        add("TOO_LARGE", line -> {
            line.say("HTTP/1.1 200 OK", "\177ELF".getBytes(UTF_8));
            forever(line);
        });
        add("UNREACHABLE", line -> line.say(OK + (other.length + 1), other));
        add("WRONG_CONTENT", line -> line.say(OK + "15\r\nContent-Type: text/html", "<!DOCTYPE html>".getBytes(UTF_8)));
        add("WRONG_CONTENT", line -> line.say(OK + other.length, other));
        add("REFUSED", line -> line.say("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://[::1]:1/"));
    }

    @AfterEach
    void stop() throws IOException {
        for (RawUpstream upstream : upstreams.values()) {
            upstream.close();
        }
    }

    @Test
    void costTheDeadlineAndLeaveNothing() throws Exception {
        List<String> arguments = List.of(
                "--stackmapd.debuginfod.upstreams=" + String.join(",", outcomes.keySet()),
                "--stackmapd.debuginfod.allow=127.0.0.0/8",
                "--stackmapd.debuginfod.timeout=2s",
                "--stackmapd.artifacts.max-file=1MB");
        try (ChildServer server = ChildServer.start(directory, List.of(), arguments)) {
            port = server.port();
            isAnsweredWithReasons(ROUNDS);
            Path process = Path.of("/proc", String.valueOf(server.process().pid()));
            long files = count(process.resolve("fd"));
            long threads = count(process.resolve("task"));
            for (int round = 0; round < ROUNDS; round++) {
                isAnsweredWithReasons(round);
            }
            await().until(() -> upstreams.values().stream().allMatch(u -> u.connections() == 0));
            await().until(() -> count(process.resolve("fd")) < files + COINCIDENCE);
            await().until(() -> count(process.resolve("task")) < threads + COINCIDENCE);
            assertThat(count(directory.resolve("artifacts/files/v1/incoming"))).isZero();
            assertThat(get("/actuator/health/readiness").status()).isEqualTo(200);
        }
    }

    /// On a machine that is slow or busy an upstream that is quick may be too late for once: then another binary is
    /// asked
    /// for.
    private void isAnsweredWithReasons(int round) {
        Map<String, String> said = Map.of();
        for (int attempt = 0; attempt < ATTEMPTS && !said.equals(outcomes); attempt++) {
            said = reasons("%040x".formatted((round + 1) * ATTEMPTS + attempt));
        }
        assertThat(said).isEqualTo(outcomes);
    }

    private Map<String, String> reasons(String buildId) {
        for (String upstream : outcomes.keySet()) {
            assertThat(post("/v1/upstreams/reset", Map.of("upstream", upstream)).status())
                    .isEqualTo(204);
        }
        String stack = post("/v1/batches", Map.of("stacks", List.of(Map.of("frames", List.of(frame(buildId))))))
                .json()
                .at("/ids/0")
                .asString();
        assertThat(outcome(stack)).isEqualTo("PENDING");
        assertThat(send(request("/buildid/" + buildId + "/debuginfo").timeout(Duration.ofMinutes(2)))
                        .status())
                .isEqualTo(404);
        await().atMost(Duration.ofMinutes(2)).until(() -> outcome(stack).equals("NO_BINARY"));
        Map<String, String> said = new HashMap<>();
        for (JsonNode answer : get("/v1/binaries/" + buildId).json().get("upstreams")) {
            if (answer.get("kind").asString().equals("debuginfo")) {
                said.put(
                        answer.get("upstream").asString(), answer.get("outcome").asString());
            }
        }
        return said;
    }

    private String outcome(String stack) {
        return get("/v1/stacks/" + stack).json().at("/frames/0/outcome").asString();
    }

    private static Map<String, String> frame(String buildId) {
        return Map.of("buildId", buildId, "offset", "0x1000");
    }

    private void add(String outcome, RawUpstream.Script script) throws IOException {
        String host = "127.0.0." + (FIRST_HOST + upstreams.size());
        RawUpstream upstream = new RawUpstream(InetAddress.ofLiteral(host), script);
        String base = "http://%s:%d/".formatted(host, upstream.port());
        upstreams.put(base, upstream);
        outcomes.put(base, outcome);
    }

    private static int deadPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void drip(RawUpstream.Line line, String text) throws IOException {
        line.say(text);
        while (true) {
            line.say("a");
            line.pause();
        }
    }

    private static void forever(RawUpstream.Line line) throws IOException {
        while (true) {
            line.send(new byte[8_192]);
        }
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }
}
