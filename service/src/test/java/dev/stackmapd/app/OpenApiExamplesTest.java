package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.app.OpenApiDocument.Operation;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The document's examples, sent one after the other to a service with an empty store, one binary and one source file,
/// are answered exactly as the document shows.
class OpenApiExamplesTest extends LiveServer {
    private static final List<String> STORY = List.of(
            "sendBatch",
            "readStack",
            "queryStacks",
            "listStacks",
            "symbolize",
            "listBinaries",
            "explainBinary",
            "prewarmBinaries",
            "listUpstreams",
            "metadata",
            "uploadFile",
            "askForOffset",
            "debuginfo",
            "executable",
            "section",
            "source",
            "removeFile",
            "shouldInitiateUpload",
            "uploadForPyroscope",
            "uploadFinished",
            "createStackMap",
            "insertIntoStackMap",
            "describeStackMap",
            "listStackMap",
            "readFromStackMap",
            "removeFromStackMap",
            "dropStackMap");

    /// It needs an upstream. What is fetched in the background would make other answers depend on how soon.
    private static final Set<String> LEFT_OUT = Set.of("resetUpstream");

    /// What an operation that takes a file is sent.
    private static final Path FILE = Fixtures.path("binaries/dwarf/plain");

    /// Fields that differ from run to run.
    private static final List<String> TIMES_OF_FILES = List.of("stored", "used");

    @TempDir
    static Path binaries = Path.of("");

    @TempDir
    static Path sources = Path.of("");

    @DynamicPropertySource
    static void oneBinary(DynamicPropertyRegistry properties) throws IOException {
        Files.copy(Fixtures.path("binaries/libdynsym.so"), binaries.resolve("libdynsym.so"));
        properties.add("stackmapd.artifacts.directories", binaries::toString);
    }

    @DynamicPropertySource
    static void oneSource(DynamicPropertyRegistry properties) throws IOException {
        Files.createDirectories(sources.resolve("src"));
        Files.copy(Fixtures.path("sources/main.cc"), sources.resolve("src/main.cc"));
        properties.add("stackmapd.debuginfod.sources", sources::toString);
    }

    @Test
    void areAnsweredAsShown() throws IOException {
        OpenApiDocument document = new OpenApiDocument(get("/v3/api-docs").json());
        assertThat(document.operations().stream().map(Operation::id).filter(id -> !LEFT_OUT.contains(id)))
                .containsExactlyInAnyOrderElementsOf(STORY);
        for (String id : STORY) {
            Operation operation = document.byId(id);
            Answer answer = send(request(operation));
            assertThat(answer.status())
                    .as("%s: %s", id, answer.response().body())
                    .isBetween(200, 299);
            JsonNode content = document.response(operation, answer.status()).path("content");
            if (content.isMissingNode()) {
                assertThat(answer.response().body()).as(id).isEmpty();
            } else if (content.has("application/json")) {
                assertThat(examples(content.get("application/json")))
                        .as("%s: %s", id, answer.response().body())
                        .contains(withoutTimes(answer.json()));
            } else {
                assertThat(content.propertyNames()).as(id).containsExactly(answer.contentType());
            }
        }
    }

    private HttpRequest.Builder request(Operation operation) throws IOException {
        boolean ofFile = operation.node().at("/requestBody/content").has("application/octet-stream");
        JsonNode example = operation.requestExample();
        HttpRequest.Builder request = request(path(operation))
                .header("Content-Type", ofFile ? "application/octet-stream" : "application/json")
                .method(
                        operation.method(),
                        ofFile
                                ? BodyPublishers.ofFile(FILE)
                                : BodyPublishers.ofString(example.isMissingNode() ? "" : example.toString()));
        for (JsonNode parameter : operation.parameters()) {
            if (parameter.get("in").asString().equals("header") && parameter.has("example")) {
                request.header(
                        parameter.get("name").asString(),
                        parameter.get("example").asString());
            }
        }
        return request;
    }

    private static List<JsonNode> examples(JsonNode form) {
        return form.has("example")
                ? List.of(withoutTimes(form.get("example")))
                : form.get("examples")
                        .valueStream()
                        .map(example -> example.get("value"))
                        .toList();
    }

    private static JsonNode withoutTimes(JsonNode answer) {
        JsonNode copy = answer.deepCopy();
        if (copy.path("artifact") instanceof ObjectNode artifact) {
            artifact.remove(TIMES_OF_FILES);
        }
        return copy;
    }

    /// With the examples of its parameters in their places.
    private static String path(Operation operation) {
        String path = operation.path();
        for (JsonNode parameter : operation.parameters()) {
            if (parameter.get("in").asString().equals("path")) {
                path = path.replace(
                        "{" + parameter.get("name").asString() + "}",
                        parameter.get("example").asString());
            }
        }
        String query = operation.parameters().stream()
                .filter(parameter -> parameter.get("in").asString().equals("query") && parameter.has("example"))
                .map(parameter -> parameter.get("name").asString() + "="
                        + parameter.get("example").asString())
                .collect(Collectors.joining("&"));
        return query.isEmpty() ? path : path + "?" + query;
    }
}
