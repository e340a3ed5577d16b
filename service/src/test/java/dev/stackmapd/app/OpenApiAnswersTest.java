package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.stackmapd.app.OpenApiDocument.Operation;
import dev.stackmapd.app.SchemaCheck.Unnamed;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/// Every status that the document has is really answered, in the form that the document has for it.
@TestPropertySource(properties = {"stackmapd.artifacts.max-file=1MB", "stackmapd.artifacts.quota=512KB"})
class OpenApiAnswersTest extends LiveServer {
    private static final HttpServer EMPTY_UPSTREAM = emptyUpstream();

    private static final Map<String, OpenApiDocument> DOCUMENTS = new ConcurrentHashMap<>();

    private static final String CONNECT = FileExchanges.CONNECT;

    /// Linux connects it to this host, but it is the address of none.
    private static final String OTHER_HOST = "0.0.0.0";

    @TempDir
    private static Path sources;

    /// What takes a sidecar, a full store, a slow sender, a busy server, files that contradict one another or names of
    /// many megabytes; SidecarTest, BinaryConflictsTest, AttacksTest and the tests of rooms make these.
    private static final Set<String> NOT_MADE_HERE = Set.of(
            "GET /buildid/{buildId}/debuginfo 503",
            "GET /buildid/{buildId}/executable 503",
            "GET /buildid/{buildId}/section/{name} 503",
            "GET /buildid/{buildId}/source/{path} 503",
            "GET /v1/stacks/{id} 413",
            "POST " + CONNECT + "ShouldInitiateUpload 408",
            "POST " + CONNECT + "Upload/{buildId} 408",
            "POST " + CONNECT + "Upload/{buildId} 409",
            "POST " + CONNECT + "Upload/{buildId} 503",
            "POST " + CONNECT + "UploadFinished 408",
            "POST /v1/binaries/prewarm 408",
            "POST /v1/binaries/prewarm 503",
            "POST /v1/upstreams/reset 408",
            "PUT /v1/binaries/{buildId}/{kind} 408",
            "PUT /v1/binaries/{buildId}/{kind} 503",
            "POST /v1/batches 408",
            "POST /v1/batches 410",
            "POST /v1/batches 503",
            "POST /v1/batches 507",
            "POST /v1/stackmaps/{name}/stacks 408",
            "POST /v1/stacks/query 408",
            "POST /v1/stacks/query 503",
            "POST /v1/symbolize 408",
            "POST /v1/symbolize 503",
            "PUT /v1/stackmaps/{name} 408",
            "POST /v1/stackmaps/{name}/stacks 410",
            "POST /v1/stackmaps/{name}/stacks 503",
            "POST /v1/stackmaps/{name}/stacks 507");

    static Stream<Exchange> ofStacks() {
        return StackExchanges.all();
    }

    static Stream<Exchange> ofFiles() {
        return FileExchanges.all(upstream());
    }

    private static HttpServer emptyUpstream() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                try (exchange) {
                    exchange.sendResponseHeaders(404, -1);
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String upstream() {
        return "http://127.0.0.1:%d/".formatted(EMPTY_UPSTREAM.getAddress().getPort());
    }

    @DynamicPropertySource
    static void upstreamAndSource(DynamicPropertyRegistry registry) throws IOException {
        Files.createDirectories(sources.resolve("src"));
        Files.copy(Fixtures.path("sources/main.cc"), sources.resolve("src/main.cc"));
        registry.add("stackmapd.debuginfod.upstreams", OpenApiAnswersTest::upstream);
        registry.add("stackmapd.debuginfod.allow", () -> "127.0.0.1");
        registry.add("stackmapd.debuginfod.sources", sources::toString);
    }

    @AfterAll
    static void stop() {
        EMPTY_UPSTREAM.stop(0);
    }

    /// Read once.
    private OpenApiDocument document() {
        return DOCUMENTS.computeIfAbsent(
                "/v3/api-docs", path -> new OpenApiDocument(get(path).json()));
    }

    @BeforeEach
    void stacksToAskFor() {
        assertThat(post("/v1/batches", StackExchanges.BATCH).json().at("/ids/1").asString())
                .isEqualTo(StackExchanges.ID);
    }

    private void makeMapsToAskFor() {
        for (String name : List.of("fresh", "ips", "translated")) {
            delete("/v1/stackmaps/" + name);
        }
        for (String name : List.of("ips", "translated")) {
            put("/v1/stackmaps/" + name, "{\"maxEntries\": 8, \"buildId\": %b}".formatted(name.equals("translated")));
            assertThat(post("/v1/stackmaps/" + name + "/stacks", StackExchanges.EIGHT)
                            .status())
                    .isEqualTo(200);
        }
    }

    private void haveOneFileHeldAndOthersOnTheirWay() {
        delete("/v1/binaries/%s/executable".formatted(FileExchanges.SPLIT));
        delete("/v1/binaries/%s/debuginfo".formatted(FileExchanges.ALTERNATE));
        send(request(Exchange.put(
                201, "/v1/binaries/%s/executable".formatted(FileExchanges.PLAIN), FileExchanges.file("dwarf/plain"))));
        post(CONNECT + "ShouldInitiateUpload", FileExchanges.offer(FileExchanges.SPLIT, "TYPE_EXECUTABLE_FULL"));
        post(CONNECT + "ShouldInitiateUpload", FileExchanges.offer(FileExchanges.ALTERNATE, "TYPE_EXECUTABLE_NO_TEXT"));
        send(request(Exchange.post(
                200, CONNECT + "Upload/" + FileExchanges.ALTERNATE, FileExchanges.file("dwarf/dwz-common.debug"))));
    }

    @ParameterizedTest
    @MethodSource("ofStacks")
    void whatIsAskedOfStacksIsAnsweredAsTheDocumentSays(Exchange exchange) {
        makeMapsToAskFor();
        check(exchange);
    }

    @ParameterizedTest
    @MethodSource("ofFiles")
    void whatIsAskedOfFilesIsAnsweredAsTheDocumentSays(Exchange exchange) {
        haveOneFileHeldAndOthersOnTheirWay();
        check(exchange);
    }

    private void check(Exchange exchange) {
        Operation operation = document().of(exchange.method(), exchange.pathOnly());
        Answer answer = send(request(exchange));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(exchange.status());
        JsonNode response = document().response(operation, exchange.status());
        assertThat(response.isMissingNode()).isFalse();
        fits(response, answer);
        JsonNode schema = operation
                .node()
                .at("/requestBody/content")
                .path(exchange.contentType())
                .path("schema");
        if (exchange.status() < 300 && !schema.isMissingNode()) {
            assertThat(SchemaCheck.violations(document(), schema, JSON.readTree(exchange.body()), Unnamed.REFUSED))
                    .isEmpty();
        }
    }

    @Test
    void everyOperationRefusesOtherHosts() {
        for (Operation operation : document().operations()) {
            check(operation, foreign(operation, OTHER_HOST), 421);
        }
    }

    @Test
    void everyChangeRefusesPagesOfOtherOrigins() {
        for (Operation operation : changes()) {
            check(operation, foreign(operation, "127.0.0.1").header("Origin", "https://evil.example"), 403);
        }
    }

    private List<Operation> changes() {
        return document().operations().stream()
                .filter(operation -> !Set.of("GET", "HEAD").contains(operation.method()))
                .toList();
    }

    private HttpRequest.Builder foreign(Operation operation, String host) {
        String path = operation.path().replaceAll("[{}]", "");
        return HttpRequest.newBuilder(URI.create("http://%s:%d%s".formatted(host, port, path)))
                .method(operation.method(), BodyPublishers.noBody());
    }

    private void check(Operation operation, HttpRequest.Builder request, int status) {
        Answer answer = send(request);
        assertThat(answer.status()).as(operation.name()).isEqualTo(status);
        if (!operation.method().equals("HEAD")) {
            fits(document().response(operation, status), answer);
        }
    }

    @Test
    void everyStatusOfTheDocumentIsAnswered() {
        Set<String> answered = new TreeSet<>(NOT_MADE_HERE);
        document().operations().forEach(operation -> answered.add(operation.name() + " 421"));
        changes().forEach(operation -> answered.add(operation.name() + " 403"));
        Stream.concat(ofStacks(), ofFiles())
                .forEach(exchange -> answered.add(
                        document().of(exchange.method(), exchange.pathOnly()).name() + " " + exchange.status()));
        Set<String> documented = new TreeSet<>();
        for (Operation operation : document().operations()) {
            operation.statuses().forEach(status -> documented.add(operation.name() + " " + status));
        }
        assertThat(answered).isEqualTo(documented);
    }

    private void fits(JsonNode response, Answer answer) {
        for (Map.Entry<String, JsonNode> header : response.path("headers").properties()) {
            if (document().resolved(header.getValue()).path("required").asBoolean(false)) {
                assertThat(answer.response().headers().firstValue(header.getKey()))
                        .as(header.getKey())
                        .isPresent();
            }
        }
        if (!response.has("content")) {
            assertThat(answer.response().body()).isEmpty();
            return;
        }
        JsonNode form = response.get("content").path(answer.contentType());
        assertThat(form.isMissingNode()).as(answer.contentType()).isFalse();
        if (form.has("schema")) {
            assertThat(SchemaCheck.violations(document(), form.get("schema"), answer.json(), Unnamed.REFUSED))
                    .as(answer.response().body())
                    .isEmpty();
        }
    }

    private HttpRequest.Builder request(Exchange exchange) {
        HttpRequest.Builder request = request(exchange.path())
                .method(
                        exchange.method(),
                        exchange.body().isEmpty() && !exchange.method().startsWith("P")
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofString(exchange.body(), StandardCharsets.ISO_8859_1))
                .header("Accept", "application/json")
                .header(Exchange.CONTENT_TYPE, exchange.contentType());
        for (int i = 0; i < exchange.headers().size(); i += 2) {
            String value = exchange.headers().get(i + 1);
            request.setHeader(
                    exchange.headers().get(i), value.equals(Exchange.ITS_ETAG) ? tag(exchange.path()) : value);
        }
        return request;
    }

    private String tag(String path) {
        return get(path).response().headers().firstValue("ETag").orElseThrow();
    }
}
