package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;

/// A service with a small heap in a JVM of its own, which ends at the first `OutOfMemoryError`.
abstract class AttackedServer extends LiveServer {
    static final int AT_ONCE = 8;

    private static final String HONEST = """
            {"processes": [{"maps": "00400000-00401000 r-xp 00001000 fe:00 7 /a\\n",
                            "binaries": [{"path": "/a", "buildId": "5eed"}]}],
             "stacks": [{"process": 0, "ips": ["0x400010"]}]}""";

    @TempDir
    Path directory;

    /// Starts the service and sends all further requests to it.
    ChildServer start(String heap, String... settings) throws IOException {
        return startBy(List.of(), heap, settings);
    }

    /// @param launcher a command that runs the one behind it
    ChildServer startBy(List<String> launcher, String heap, String... settings) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(heap, "-XX:+ExitOnOutOfMemoryError"));
        Collections.addAll(arguments, settings);
        ChildServer server = ChildServer.start(directory, launcher, arguments);
        port = server.port();
        return server;
    }

    void assertHonestRequestsAreServed(ChildServer server) {
        Answer receipt = post("/v1/batches", HONEST);
        assertThat(receipt.status()).as(receipt.response().body()).isEqualTo(200);
        String id = receipt.json().at("/ids/0").asString();
        assertThat(get("/v1/stacks/" + id).json().at("/frames/0/buildId").asString())
                .isEqualTo("5eed");
        assertIsHealthy(server);
    }

    void assertIsHealthy(ChildServer server) {
        assertThat(server.process().isAlive()).isTrue();
        assertThat(get("/actuator/health/liveness").status()).isEqualTo(200);
        assertThat(get("/actuator/health/readiness").status()).isEqualTo(200);
    }

    Answer postGzip(String path, byte[] body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(body)));
    }

    /// Returns the sum over all labels of a metric.
    double metric(String name) {
        return get("/actuator/prometheus")
                .response()
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    static <T> List<T> atOnce(Callable<T> attack) throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<T> results = new ArrayList<>();
            for (Future<T> result : clients.invokeAll(Collections.nCopies(AT_ONCE, attack))) {
                results.add(result.get());
            }
            return results;
        }
    }

    static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }
}
