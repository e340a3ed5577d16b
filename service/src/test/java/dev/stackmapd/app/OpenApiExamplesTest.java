package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.app.OpenApiDocument.Operation;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/// The document's examples, sent one after the other to a service with an empty store and one binary, are answered
/// exactly as the document shows.
class OpenApiExamplesTest extends LiveServer {
    private static final List<String> STORY = List.of(
            "sendBatch",
            "readStack",
            "queryStacks",
            "listStacks",
            "symbolize",
            "createStackMap",
            "insertIntoStackMap",
            "describeStackMap",
            "listStackMap",
            "readFromStackMap",
            "removeFromStackMap",
            "dropStackMap");

    @TempDir
    static Path binaries = Path.of("");

    @DynamicPropertySource
    static void oneBinary(DynamicPropertyRegistry properties) throws IOException {
        Files.copy(Fixtures.path("binaries/libdynsym.so"), binaries.resolve("libdynsym.so"));
        properties.add("stackmapd.artifacts.directories", binaries::toString);
    }

    @Test
    void areAnsweredAsShown() {
        OpenApiDocument document = new OpenApiDocument(get("/v3/api-docs").json());
        assertThat(document.operations().stream().map(Operation::id)).containsExactlyInAnyOrderElementsOf(STORY);
        for (String id : STORY) {
            Operation operation = document.byId(id);
            Answer answer = send(request(path(operation))
                    .header("Content-Type", "application/json")
                    .method(
                            operation.method(),
                            BodyPublishers.ofString(
                                    operation.requestExample().isMissingNode()
                                            ? ""
                                            : operation.requestExample().toString())));
            assertThat(answer.status())
                    .as("%s: %s", id, answer.response().body())
                    .isBetween(200, 299);
            JsonNode content = document.response(operation, answer.status()).path("content");
            if (content.isMissingNode()) {
                assertThat(answer.response().body()).as(id).isEmpty();
            } else {
                assertThat(answer.json())
                        .as(id)
                        .isEqualTo(content.get("application/json").get("example"));
            }
        }
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
