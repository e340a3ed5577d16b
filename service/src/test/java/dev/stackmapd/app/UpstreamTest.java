package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stackmapd.Tools;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/// The service with a debuginfod upstream, which here does what a test tells it.
class UpstreamTest extends LiveServer {
    private static final String ID = "bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2";
    private static final String PLAIN = "30c9879257ed19cfa469ff85aae7984a6a88be23";
    private static final String SHORT = "80ecb70318957109c0a716946a2dfe05";
    private static final String PADDED = SHORT + "00000000";
    private static final String SIGNATURE = "X-DEBUGINFOD-IMASIGNATURE";
    private static final Path STRIPPED = Fixtures.path("binaries/split/stripped");
    private static final Path DEBUG = Fixtures.path("binaries/debug-tree/.build-id/bf/" + ID.substring(2) + ".debug");

    @TempDir
    private static Path folder;

    private static final HttpServer SERVER = server();
    private static final Map<String, Path> FILES = new ConcurrentHashMap<>();
    /// What is sent as `X-DEBUGINFOD-IMASIGNATURE` with a file, by path.
    private static final Map<String, String> SIGNATURES = new ConcurrentHashMap<>();

    private static final Map<String, AtomicInteger> ASKED = new ConcurrentHashMap<>();
    private static volatile CountDownLatch gate = new CountDownLatch(0);

    private static HttpServer server() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", UpstreamTest::answer);
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        ASKED.computeIfAbsent(path, p -> new AtomicInteger()).incrementAndGet();
        try (exchange) {
            gate.await();
            Path file = FILES.get(path);
            if (file == null) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                byte[] body = Files.readAllBytes(file);
                if (SIGNATURES.containsKey(path)) {
                    exchange.getResponseHeaders().set(SIGNATURE, SIGNATURES.get(path));
                }
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @DynamicPropertySource
    static void upstream(DynamicPropertyRegistry registry) {
        registry.add("stackmapd.debuginfod.upstreams", UpstreamTest::base);
        registry.add("stackmapd.debuginfod.allow", () -> "127.0.0.1");
        registry.add("stackmapd.artifacts.directories", folder::toString);
        registry.add("stackmapd.artifacts.rescan", () -> "1s");
    }

    private static String base() {
        return "http://127.0.0.1:%d/".formatted(SERVER.getAddress().getPort());
    }

    @AfterAll
    static void stop() {
        SERVER.stop(0);
    }

    @BeforeEach
    void clean() {
        gate = new CountDownLatch(0);
        FILES.clear();
        SIGNATURES.clear();
        for (String id : List.of(ID, PLAIN, SHORT)) {
            for (String kind : List.of("executable", "debuginfo")) {
                delete("/v1/binaries/%s/%s".formatted(id, kind));
            }
        }
        assertThat(post("/v1/upstreams/reset", Map.of("upstream", base())).status())
                .isEqualTo(204);
        ASKED.clear();
    }

    @Test
    void sixtyFourClientsCauseOneFetch() throws Exception {
        FILES.put("/buildid/%s/debuginfo".formatted(ID), DEBUG);
        gate = new CountDownLatch(1);
        Callable<Answer> ask = () -> get("/buildid/%s/debuginfo".formatted(ID));
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> answers =
                    Collections.nCopies(64, ask).stream().map(clients::submit).toList();
            await().until(() -> ASKED.containsKey("/buildid/%s/debuginfo".formatted(ID)));
            gate.countDown();
            for (Future<Answer> answer : answers) {
                assertThat(answer.get().status()).isEqualTo(200);
                assertThat(answer.get().response().headers().firstValueAsLong("Content-Length"))
                        .hasValue(Files.size(DEBUG));
            }
        }
        assertThat(asked(ID)).isEqualTo(1);
    }

    @Test
    void aStackIsPendingWhileItsBinaryIsFetchedAndNamedWhenItIsThere() {
        FILES.put("/buildid/%s/debuginfo".formatted(ID), DEBUG);
        FILES.put("/buildid/%s/executable".formatted(ID), STRIPPED);
        gate = new CountDownLatch(1);
        String stack = stackThrough(ID, "0x1100");
        JsonNode pending = leaf(stack);
        assertThat(pending.get("outcome").asString()).isEqualTo("PENDING");
        assertThat(pending.get("detail").asString()).contains("upstreams are being asked");
        gate.countDown();
        await().until(() -> leaf(stack).get("outcome").asString().equals("KNOWN"));
        assertThat(leaf(stack).at("/symbols/0/function").asString()).isEqualTo("_start");
        assertThat(leaf(stack).at("/symbols/0/file").asString()).isEqualTo("/src/main.cc");
        JsonNode explained = get("/v1/binaries/" + ID).json();
        assertThat(explained.at("/artifacts/0/source").asString()).isEqualTo("debuginfod");
        assertThat(explained.at("/artifacts/0/from").asString()).isEqualTo(base());
        JsonNode downloads = get("/v1/upstreams").json().get("downloads");
        assertThat(downloads.get("held").asInt()).isEqualTo(2);
        assertThat(downloads.get("seenRecently").asInt()).isEqualTo(2);
    }

    @Test
    void evictionsAreCountedByWhetherTheBinaryWasSeenLately() {
        JsonNode evicted = get("/v1/upstreams").json().get("evicted");
        assertThat(evicted.get("total").asInt()).isZero();
        assertThat(evicted.get("seenRecently").asInt()).isZero();
        assertThat(get("/actuator/prometheus").response().body())
                .contains("stackmapd_artifacts_evicted_total{seen=\"no\"} 0")
                .contains("stackmapd_artifacts_evicted_total{seen=\"recently\"} 0");
    }

    @Test
    void theSignatureOfAnUpstreamGoesWithItsWholeFiles() {
        String debuginfo = "/buildid/%s/debuginfo".formatted(ID);
        FILES.put(debuginfo, DEBUG);
        SIGNATURES.put(debuginfo, "0302047F");
        assertThat(signature(request(debuginfo))).as("fetched").contains("0302047f");
        assertThat(signature(request(debuginfo))).as("held").contains("0302047f");
        assertThat(signature(request(debuginfo).HEAD())).contains("0302047f");
        assertThat(signature(request(debuginfo).header("Range", "bytes=0-99"))).isEmpty();
        assertThat(signature(request("/buildid/%s/section/.debug_line".formatted(ID))))
                .isEmpty();
        assertThat(signature(request("/buildid/%s/source/src/main.cc".formatted(ID))))
                .isEmpty();
    }

    @Test
    void noOtherFileHasASignature() throws Exception {
        String executable = "/buildid/%s/executable".formatted(PLAIN);
        Path plain = Fixtures.path("binaries/dwarf/plain");
        FILES.put(executable, plain);
        SIGNATURES.put(executable, "not hex");
        assertThat(signature(request(executable))).as("not hex").isEmpty();

        delete("/v1/binaries/%s/executable".formatted(PLAIN));
        assertThat(send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                                .PUT(BodyPublishers.ofByteArray(Files.readAllBytes(plain))))
                        .status())
                .isEqualTo(201);
        SIGNATURES.put(executable, "0302");
        assertThat(signature(request(executable))).as("uploaded").isEmpty();

        FILES.clear();
        delete("/v1/binaries/%s/executable".formatted(PLAIN));
        Path copy = Files.copy(plain, folder.resolve("signed"));
        await().until(() -> get("/v1/binaries/" + PLAIN)
                .json()
                .at("/artifacts/0/source")
                .asString("")
                .equals("folder"));
        assertThat(signature(request(executable))).as("in a folder").isEmpty();
        Files.delete(copy);
        await().until(() -> get("/v1/binaries/" + PLAIN).status() == 404
                || get("/v1/binaries/" + PLAIN).json().get("artifacts").isEmpty());
    }

    private Optional<String> signature(HttpRequest.Builder request) {
        Answer answer = send(request);
        assertThat(answer.status()).isIn(200, 206, 404);
        return answer.response().headers().firstValue(SIGNATURE);
    }

    /// A missing executable does not make the service fetch the debug file again and again.
    @Test
    void whatIsHereIsNotFetchedAgain() {
        FILES.put("/buildid/%s/debuginfo".formatted(ID), DEBUG);
        String stack = stackThrough(ID, "0x1100");
        await().until(() -> leaf(stack).get("detail").asString().contains("only a debug file is held"));
        for (int i = 0; i < 5; i++) {
            // Whatever happens to a build-id has its files looked at again.
            delete("/v1/binaries/%s/dwp".formatted(ID));
            assertThat(leaf(stack).get("outcome").asString()).isEqualTo("NO_BINARY");
        }
        assertThat(asked(ID)).isEqualTo(1);
    }

    @Test
    void aBrokenFileInAFolderDoesNotStandInTheWay() throws Exception {
        byte[] whole = Files.readAllBytes(Fixtures.path("binaries/dwarf/plain"));
        Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length - 100));
        FILES.put("/buildid/%s/executable".formatted(PLAIN), Fixtures.path("binaries/dwarf/plain"));
        await().until(() ->
                get("/v1/binaries/" + PLAIN).json().at("/artifacts/0/damage").isString());
        String stack = stackThrough(PLAIN, "0x1010");
        await().until(() -> leaf(stack).get("outcome").asString().equals("KNOWN"));
        Files.delete(folder.resolve("cut"));
        await().until(() -> get("/v1/binaries/" + PLAIN).json().get("artifacts").size() == 1);
    }

    @Test
    void aFileThatWentFromItsFolderIsFetched() throws Exception {
        Path plain = Fixtures.path("binaries/dwarf/plain");
        Path copy = Files.copy(plain, folder.resolve("plain"));
        String path = "/buildid/%s/executable".formatted(PLAIN);
        await().until(() -> get("/v1/binaries/" + PLAIN)
                .json()
                .at("/artifacts/0/source")
                .asString("")
                .equals("folder"));
        FILES.put(path, plain);
        // Earlier questions may have been answered with no.
        post("/v1/upstreams/reset", Map.of("upstream", base()));
        Files.delete(copy);
        assertThat(get(path).status()).isEqualTo(200);
        assertThat(ASKED.get(path)).isNotNull();
        await().until(() -> get("/v1/binaries/" + PLAIN).json().get("artifacts").size() == 1);
    }

    @Test
    void whatNobodyHasIsSaidAndAnUploadIsServedAtOnce() throws Exception {
        String stack = stackThrough(PLAIN, "0x1010");
        assertThat(get("/buildid/%s/debuginfo".formatted(PLAIN)).status()).isEqualTo(404);
        await().until(() -> leaf(stack).get("outcome").asString().equals("NO_BINARY"));
        JsonNode why = get("/v1/binaries/" + PLAIN).json();
        assertThat(why.get("upstreams")).hasSize(2);
        assertThat(why.at("/upstreams/0/outcome").asString()).isEqualTo("NOT_FOUND");
        assertThat(why.at("/upstreams/0/upstream").asString()).isEqualTo(base());
        assertThat(why.at("/upstreams/0/askAgain").asString())
                .isGreaterThan(why.at("/upstreams/0/asked").asString());
        int asked = asked(PLAIN);
        assertThat(get("/buildid/%s/debuginfo".formatted(PLAIN)).status()).isEqualTo(404);
        assertThat(ASKED.get("/buildid/%s/debuginfo".formatted(PLAIN)))
                .as("remembered")
                .hasValue(asked);
        assertThat(send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                                .PUT(BodyPublishers.ofByteArray(
                                        Files.readAllBytes(Fixtures.path("binaries/dwarf/plain")))))
                        .status())
                .isEqualTo(201);
        assertThat(leaf(stack).get("outcome").asString()).isEqualTo("KNOWN");
        assertThat(get("/buildid/%s/debuginfo".formatted(PLAIN)).status()).isEqualTo(200);
    }

    @Test
    void anotherBinaryUnderTheBuildIdIsNotKept() {
        FILES.put("/buildid/%s/executable".formatted(ID), Fixtures.path("binaries/dwarf/plain"));
        assertThat(get("/buildid/%s/executable".formatted(ID)).status()).isEqualTo(404);
        JsonNode why = get("/v1/binaries/" + ID).json();
        assertThat(why.get("artifacts")).isEmpty();
        assertThat(why.get("upstreams").toString()).contains("WRONG_CONTENT").contains(PLAIN);
    }

    @Test
    void sourceComesFromUpstreamToo(@TempDir Path texts) throws Exception {
        Path source = Files.writeString(texts.resolve("main.cc"), "int main() {}\n", StandardCharsets.UTF_8);
        FILES.put("/buildid/%s/source/src/main.cc".formatted(ID), source);
        Answer answer = get("/buildid/%s/source/src/main.cc".formatted(ID));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.response().body()).isEqualTo("int main() {}\n");
        FILES.put("/buildid/%s/debuginfo".formatted(ID), DEBUG);
        assertThat(get("/buildid/%s/debuginfo".formatted(ID)).status()).isEqualTo(200);
        assertThat(get("/buildid/%s/source/src/not-named.cc".formatted(ID)).status())
                .isEqualTo(404);
        assertThat(ASKED).doesNotContainKey("/buildid/%s/source/src/not-named.cc".formatted(ID));
    }

    @Test
    void aSectionIsCutOutOfAFetchedFile() {
        FILES.put("/buildid/%s/debuginfo".formatted(ID), DEBUG);
        FILES.put("/buildid/%s/executable".formatted(ID), STRIPPED);
        assertThat(get("/buildid/%s/section/.text".formatted(ID)).status()).isEqualTo(200);
    }

    @Test
    void aRequestThatHasComeALongWayGoesNoFurther() {
        FILES.put("/buildid/%s/debuginfo".formatted(ID), DEBUG);
        Answer answer = send(request("/buildid/%s/debuginfo".formatted(ID))
                .header("X-Forwarded-For", "1.1.1.1, 2.2.2.2, 3.3.3.3, 4.4.4.4, 5.5.5.5, 6.6.6.6, 7.7.7.7"));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(ASKED).isEmpty();
    }

    /// The kernel pads build-ids to 20 bytes, of which an upstream knows nothing (XLT-12).
    @Test
    void anUpstreamIsAskedForTheFilesOwnBuildIdWhereItIsKnown(@TempDir Path stripped) throws Exception {
        Path code = stripped.resolve("stripped");
        Tools.Run strip = Tools.run(
                Map.of(),
                List.of(
                        Tools.path("objcopy", "binutils"),
                        "--strip-all",
                        Fixtures.path("binaries/build-id-16").toString(),
                        code.toString()));
        assertThat(strip.code()).as(strip.out()).isZero();
        FILES.put("/buildid/%s/debuginfo".formatted(SHORT), Fixtures.path("binaries/build-id-16"));
        assertThat(send(request("/v1/binaries/%s/executable".formatted(SHORT))
                                .PUT(BodyPublishers.ofByteArray(Files.readAllBytes(code))))
                        .status())
                .isEqualTo(201);

        String stack = stackThrough(PADDED, "0x1000");
        await().until(() -> leaf(stack).get("outcome").asString().equals("KNOWN"));
        await().until(() -> leaf(stack).at("/symbols/0/line").asInt(0) == 6);
        assertThat(get("/buildid/%s/debuginfo".formatted(PADDED)).status()).isEqualTo(200);
        assertThat(get("/buildid/%s/source/src/plain.c".formatted(PADDED)).status())
                .isEqualTo(404);
        assertThat(ASKED).containsKey("/buildid/%s/source/src/plain.c".formatted(SHORT));
        assertThat(ASKED.keySet()).noneMatch(path -> path.contains(PADDED));
    }

    @Test
    void anUpstreamIsAskedAsTheClientAskedWhereNothingIsKnown() {
        FILES.put("/buildid/%s/debuginfo".formatted(PADDED), Fixtures.path("binaries/build-id-16"));

        assertThat(get("/buildid/%s/debuginfo".formatted(PADDED)).status()).isEqualTo(200);
        assertThat(ASKED.keySet()).containsExactly("/buildid/%s/debuginfo".formatted(PADDED));
        assertThat(get("/buildid/%s/debuginfo".formatted(SHORT)).status()).isEqualTo(200);
        assertThat(ASKED.keySet()).as("it is here").hasSize(1);
        JsonNode explained = get("/v1/binaries/" + SHORT).json();
        assertThat(explained.at("/upstreams/0/outcome").asString()).isEqualTo("FETCHED");
    }

    @Test
    void anUploadEndsWhatUpstreamsSaidOfAnyForm() throws Exception {
        assertThat(get("/buildid/%s/debuginfo".formatted(PADDED)).status()).isEqualTo(404);
        String stack = stackThrough(PADDED, "0x1000");
        await().until(() -> leaf(stack).get("outcome").asString().equals("NO_BINARY"));

        assertThat(send(request("/v1/binaries/%s/executable".formatted(SHORT))
                                .PUT(BodyPublishers.ofByteArray(
                                        Files.readAllBytes(Fixtures.path("binaries/build-id-16")))))
                        .status())
                .isEqualTo(201);
        assertThat(leaf(stack).get("outcome").asString()).isEqualTo("KNOWN");
        assertThat(get("/v1/binaries/" + PADDED).json().get("upstreams")).isEmpty();
    }

    @Test
    void upstreamsAreShownAndUnknownOnesAreNotReset() {
        JsonNode health = get("/v1/upstreams").json().at("/upstreams/0");
        assertThat(health.get("upstream").asString()).isEqualTo(base());
        assertThat(health.get("breaker").asString()).isEqualTo("CLOSED");
        assertThat(post("/v1/upstreams/reset", Map.of("upstream", "http://other.example/"))
                        .status())
                .isEqualTo(404);
        assertThat(post("/v1/upstreams/reset", Map.of("upstream", "file:///etc"))
                        .status())
                .isEqualTo(400);
        assertThat(post("/v1/upstreams/reset", Map.of()).status()).isEqualTo(400);
    }

    private static int asked(String buildId) {
        return ASKED.getOrDefault("/buildid/%s/debuginfo".formatted(buildId), new AtomicInteger())
                .get();
    }

    private String stackThrough(String buildId, String offset) {
        Map<String, String> frame = Map.of("buildId", buildId, "offset", offset);
        return post("/v1/batches", Map.of("stacks", List.of(Map.of("frames", List.of(frame)))))
                .json()
                .at("/ids/0")
                .asString();
    }

    private JsonNode leaf(String stack) {
        return get("/v1/stacks/" + stack).json().at("/frames/0");
    }
}
