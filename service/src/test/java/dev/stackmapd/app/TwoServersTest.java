package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two servers that have each other for an upstream: what neither has ends at the hop limit.
class TwoServersTest extends LiveServer {
    private static final int MAX_HOPS = 8;
    private static final String PLAIN = "30c9879257ed19cfa469ff85aae7984a6a88be23";
    private static final Pattern REQUESTS = Pattern.compile("http_requests_total\\{type=\"debuginfo\"} (\\d+)");

    @TempDir
    static Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init") // made before all tests
    private static ChildServer one;

    @SuppressWarnings("NullAway.Init") // made before all tests
    private static ChildServer other;

    @BeforeAll
    static void start() throws IOException {
        int second = freePort();
        one = start("one", "--stackmapd.debuginfod.upstreams=http://127.0.0.1:%d/".formatted(second));
        other = start(
                "other",
                "--server.port=" + second,
                "--stackmapd.debuginfod.upstreams=http://127.0.0.1:%d/".formatted(one.port()));
    }

    @BeforeEach
    void askTheFirst() {
        port = one.port();
    }

    private static ChildServer start(String name, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--stackmapd.debuginfod.allow=127.0.0.1");
        return ChildServer.start(Files.createDirectory(directory.resolve(name)), List.of(), all);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
    }

    @Test
    void whatNeitherHasEndsAtTheHopLimit() {
        int before = requests(one) + requests(other);
        port = one.port();
        assertThat(get("/buildid/%s/debuginfo".formatted("0f".repeat(20))).status())
                .isEqualTo(404);
        assertThat(requests(one) + requests(other)).isEqualTo(before + MAX_HOPS);
        assertThat(breaker(one)).isEqualTo("CLOSED");
        assertThat(breaker(other)).isEqualTo("CLOSED");
    }

    @Test
    void whatTheOtherHasIsFetchedFromIt() throws IOException {
        port = other.port();
        assertThat(send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                                .PUT(BodyPublishers.ofByteArray(
                                        Files.readAllBytes(Fixtures.path("binaries/dwarf/plain")))))
                        .status())
                .isEqualTo(201);
        port = one.port();
        assertThat(get("/buildid/%s/executable".formatted(PLAIN)).status()).isEqualTo(200);
    }

    /// Both files of several binaries are asked for at once, each through as many hops.
    @Test
    void manyThatNeitherHasDoNotWaitForOneAnother() {
        List<Map<String, String>> frames = new ArrayList<>();
        for (int i = 0; i < MAX_HOPS; i++) {
            frames.add(Map.of("buildId", "0d%02x".formatted(i).repeat(10), "offset", "0x1"));
        }
        String stack = post("/v1/batches", Map.of("stacks", List.of(Map.of("frames", frames))))
                .json()
                .at("/ids/0")
                .asString();
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            String names = get("/v1/stacks/" + stack).response().body();
            return !names.contains("PENDING");
        });
        assertThat(breaker(one)).isEqualTo("CLOSED");
        assertThat(breaker(other)).isEqualTo("CLOSED");
    }

    private int requests(ChildServer server) {
        port = server.port();
        Matcher counted =
                REQUESTS.matcher(get("/actuator/prometheus").response().body());
        return counted.find() ? Integer.parseInt(counted.group(1)) : 0;
    }

    private String breaker(ChildServer server) {
        port = server.port();
        return get("/v1/upstreams").json().at("/upstreams/0/breaker").asString();
    }
}
