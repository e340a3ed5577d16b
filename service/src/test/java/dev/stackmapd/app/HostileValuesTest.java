package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.app.OpenApiDocument.Operation;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Hostile values for every parameter and body of every operation of the OpenAPI document: no answer is a server error,
/// and each has a status that the document lists for the operation.
class HostileValuesTest extends LiveServer {
    /// As they stand in a URL.
    private static final List<String> ENCODED = List.of(
            "",
            "%00",
            "%ff",
            "%20",
            "%0d%0aX:%201",
            "..%2f..%2fetc%2fpasswd",
            "-1",
            "0",
            "1e400",
            "NaN",
            "9223372036854775808",
            "18446744073709551616",
            "%D9%A3",
            "null",
            "%7B%7D",
            "%27%22%3C%3E%5C",
            "%2B999999999-12-31T23:59:59Z",
            "x".repeat(4_000));

    private static final List<String> BODIES = List.of(
            "",
            "null",
            "[]",
            "{}",
            "\"\"",
            "0",
            "\u0000",
            "{\"\":null}",
            "[".repeat(10_000),
            "{\"ids\": {}, \"frames\": 1, \"buildIds\": \"\", \"stacks\": null, \"maxEntries\": -1, \"url\": []}",
            "{\"ids\": [null, {}], \"frames\": [null], \"buildIds\": [1], \"stacks\": [{}], \"maxEntries\": 1e99}",
            "{\"stacks\": [{\"frames\": [{\"ip\": 1}], \"time\": \"+999999999-12-31T00:00:00Z\"}]}",
            "{\"stacks\": [{\"frames\": [{\"ip\": 1}], \"time\": \"-999999999-01-01T00:00:00Z\"}]}",
            "{\"stacks\": [{\"frames\": [{\"ip\": 1}], \"count\": 99999999999999999999}]}");

    @Test
    void noneIsAServerErrorOrAnUndocumentedAnswer() {
        OpenApiDocument document = new OpenApiDocument(get("/v3/api-docs").json());
        SoftAssertions softly = new SoftAssertions();
        int sent = 0;
        for (Operation operation : document.operations()) {
            for (HttpRequest.Builder request : requests(operation)) {
                Answer answer = send(request);
                String what = operation.name() + " " + request.build().uri() + " "
                        + request.build().headers().map();
                softly.assertThat(answer.status())
                        .as(what)
                        .isLessThan(500)
                        .satisfiesAnyOf(
                                status -> assertThat(operation.statuses()).contains(String.valueOf(status)),
                                // A hostile path is often the path of no operation, or of another one.
                                status -> assertThat(status).isIn(400, 404, 405));
                sent++;
            }
        }
        softly.assertAll();
        assertThat(sent).isGreaterThan(1_000);
    }

    /// A method that the document does not have for a path is 405, with and without a query, and `Allow` lists those
    /// that it has.
    @Test
    void otherMethodsAreNotAllowed() {
        OpenApiDocument document = new OpenApiDocument(get("/v3/api-docs").json());
        Map<String, List<Operation>> paths =
                document.operations().stream().collect(Collectors.groupingBy(Operation::path));
        SoftAssertions softly = new SoftAssertions();
        paths.forEach((path, operations) -> {
            Set<String> methods = methods(operations);
            String example = path(operations.getFirst(), "", "");
            for (String method : List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")) {
                if (!methods.contains(method) || method.equals("OPTIONS")) {
                    Answer answer = send(request(example + "?limit=1").method(method, BodyPublishers.noBody()));
                    String what = method + " " + path;
                    softly.assertThat(answer.status()).as(what).isEqualTo(method.equals("OPTIONS") ? 200 : 405);
                    softly.assertThat(Set.of(answer.response()
                                    .headers()
                                    .firstValue("Allow")
                                    .orElse("")
                                    .split(", ?")))
                            .as(what)
                            .isSubsetOf(methods)
                            .containsAll(methods.stream()
                                    .filter(allowed ->
                                            !Set.of("OPTIONS", "HEAD").contains(allowed))
                                    .toList());
                }
            }
        });
        softly.assertAll();
    }

    private static Set<String> methods(List<Operation> operations) {
        Set<String> methods = operations.stream().map(Operation::method).collect(Collectors.toCollection(HashSet::new));
        methods.add("OPTIONS");
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return methods;
    }

    private List<HttpRequest.Builder> requests(Operation operation) {
        List<HttpRequest.Builder> requests = new ArrayList<>();
        for (JsonNode parameter : operation.parameters()) {
            String name = parameter.get("name").asString();
            for (String value : ENCODED) {
                switch (parameter.get("in").asString()) {
                    case "path" -> requests.add(to(operation, path(operation, name, value), ""));
                    case "query" -> requests.add(to(operation, path(operation, "", "") + "?" + name + "=" + value, ""));
                    default -> {
                        if (value.matches("[\\x20-\\x7e]*")) {
                            requests.add(
                                    to(operation, path(operation, "", ""), "").header(name, value));
                        }
                    }
                }
            }
        }
        if (operation.node().has("requestBody")) {
            for (String body : BODIES) {
                requests.add(to(operation, path(operation, "", ""), body));
            }
        }
        return requests;
    }

    /// A path with the examples of its parameters but one.
    private static String path(Operation operation, String other, String value) {
        String path = operation.path();
        for (JsonNode parameter : operation.parameters()) {
            if (parameter.get("in").asString().equals("path")) {
                String name = parameter.get("name").asString();
                String example = URLEncoder.encode(parameter.path("example").asString("0a0b"), StandardCharsets.UTF_8);
                path = path.replace("{" + name + "}", name.equals(other) ? value : example);
            }
        }
        return path;
    }

    private HttpRequest.Builder to(Operation operation, String path, String body) {
        return request(path)
                .header("Content-Type", "application/json")
                .method(operation.method(), body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    }
}
