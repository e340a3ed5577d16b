package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/// Files and indexes of a running service of which a byte changes on the disk.
@TestPropertySource(properties = {"stackmapd.artifacts.scrub-period=1s", "stackmapd.debuginfod.allow=127.0.0.1"})
@ExtendWith(OutputCaptureExtension.class)
class RottenFilesTest extends Uploading {
    private static final String PATH = "/buildid/%s/executable".formatted(SPLIT);
    private static final AtomicInteger ASKED = new AtomicInteger();
    private static final HttpServer UPSTREAM = upstream();

    private static HttpServer upstream() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
            server.createContext("/", exchange -> {
                try (exchange) {
                    if (exchange.getRequestURI().getPath().equals(PATH)) {
                        ASKED.incrementAndGet();
                        byte[] body = fixture("split/stripped");
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                    } else {
                        exchange.sendResponseHeaders(404, -1);
                    }
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @DynamicPropertySource
    static void upstream(DynamicPropertyRegistry registry) {
        registry.add(
                "stackmapd.debuginfod.upstreams",
                () -> "http://127.0.0.1:%d/".formatted(UPSTREAM.getAddress().getPort()));
    }

    @AfterAll
    static void stop() {
        UPSTREAM.stop(0);
    }

    @AfterEach
    void forgetFetched() {
        delete("/v1/binaries/%s/executable".formatted(SPLIT));
    }

    private Path file(Path below, String name) throws IOException {
        try (Stream<Path> files = Files.walk(below)) {
            return files.filter(Files::isRegularFile)
                    .filter(file ->
                            file.toString().contains(name) && !file.toString().endsWith(".record"))
                    .filter(file -> !file.toString().endsWith(".inputs"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void flip(Path file, int position, FileTime modified) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[position] ^= 1;
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, modified);
    }

    private JsonNode explained(String buildId) {
        return get("/v1/binaries/" + buildId).json();
    }

    @Test
    void anUploadThatRotsIsSaidToBeMissingAndTakenAgain(CapturedOutput output) throws Exception {
        byte[] bytes = fixture("dwarf/plain");
        upload(PLAIN, "executable", bytes);
        String stack = stackThrough(PLAIN, "0x1010");
        await().until(() -> explained(PLAIN).get("names").asString("").equals("INDEX"));
        String named = leaf(stack).toString();
        Path held = file(cache.resolve("files"), PLAIN);
        flip(held, 0x1010, Files.getLastModifiedTime(held));

        await().until(() -> explained(PLAIN).get("damaged").size() == 1);

        JsonNode missing = explained(PLAIN);
        assertThat(missing.get("outcome").asString())
                .as("upstreams may be asked")
                .isIn("NO_BINARY", "PENDING");
        assertThat(missing.get("artifacts")).isEmpty();
        assertThat(missing.at("/damaged/0/kind").asString()).isEqualTo("executable");
        assertThat(missing.at("/damaged/0/source").asString()).isEqualTo("upload");
        assertThat(missing.at("/damaged/0/sha256").asString()).isEqualTo(sha256(bytes));
        assertThat(missing.at("/damaged/0/why").asString()).contains("SHA-256");
        assertThat(leaf(stack).get("outcome").asString()).isIn("NO_BINARY", "PENDING");
        await().until(() -> leaf(stack).get("outcome").asString().equals("NO_BINARY"));
        assertThat(missing()).contains(PLAIN);
        assertThat(get("/buildid/%s/executable".formatted(PLAIN)).status()).isEqualTo(404);
        assertThat(filesHeld()).isEmpty();
        assertThat(indexes()).noneMatch(index -> index.toString().contains(PLAIN));
        assertThat(output.getOut().lines().filter(line -> line.contains("ERROR") && line.contains(PLAIN)))
                .hasSize(1);
        assertThat(get("/actuator/prometheus").response().body())
                .containsPattern("stackmapd_artifacts_damaged_total\\{.*noticed=\"scrub\".*} [1-9]")
                .containsPattern("stackmapd_artifacts_scrubbed_bytes_total.* [1-9]");

        assertThat(upload(PLAIN, "executable", bytes).status()).isEqualTo(201);
        assertThat(explained(PLAIN).get("damaged")).isEmpty();
        assertThat(leaf(stack).get("outcome").asString()).isEqualTo("KNOWN");
        await().until(() -> leaf(stack).toString().equals(named));
    }

    private List<Path> indexes() throws IOException {
        try (Stream<Path> files = Files.walk(cache.resolve("indexes"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void aDownloadThatRotsIsFetchedAgain() throws Exception {
        assertThat(get(PATH).status()).isEqualTo(200);
        int before = ASKED.get();
        Path held = file(cache.resolve("files"), SPLIT);
        flip(held, 0x1010, FileTime.fromMillis(0));
        await().until(() -> ASKED.get() == before + 1);
        await().until(() -> Files.notExists(held));
        await().until(() -> explained(SPLIT).get("artifacts").size() == 1);
        assertThat(explained(SPLIT).get("damaged")).isEmpty();
        assertThat(file(cache.resolve("files"), SPLIT))
                .hasSameBinaryContentAs(Fixtures.path("binaries/split/stripped"));
    }

    /// One that is open is not looked at again by itself.
    @Test
    void anIndexThatRotsIsBuiltAgain(CapturedOutput output) throws Exception {
        upload(PLAIN, "executable", fixture("dwarf/plain"));
        String stack = stackThrough(PLAIN, "0x1010");
        await().until(() -> explained(PLAIN).get("names").asString("").equals("INDEX"));
        String named = leaf(stack).toString();
        Path index = file(cache.resolve("indexes"), PLAIN);
        byte[] good = Files.readAllBytes(index);

        flip(index, good.length / 2, Files.getLastModifiedTime(index));

        await().until(() -> output.getOut().contains("was damaged on disk and will be rebuilt"));
        await().until(() -> explained(PLAIN).get("names").asString("").equals("INDEX"));
        await().until(() -> Files.exists(index) && Arrays.equals(Files.readAllBytes(index), good));
        assertThat(leaf(stack).toString()).isEqualTo(named);
        assertThat(get("/actuator/prometheus").response().body())
                .containsPattern("stackmapd_indexes_damaged_total.* [1-9]");
    }
}
