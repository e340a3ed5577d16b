package dev.stackmapd.app;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The OpenAPI document as the service answers it.
final class OpenApiDocument {
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

    private final JsonNode root;
    private final List<Operation> operations = new ArrayList<>();

    OpenApiDocument(JsonNode root) {
        this.root = root;
        for (Map.Entry<String, JsonNode> path : root.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> field : path.getValue().properties()) {
                if (METHODS.contains(field.getKey())) {
                    operations.add(new Operation(
                            field.getKey().toUpperCase(Locale.ROOT),
                            path.getKey(),
                            parameters(path.getValue(), field.getValue()),
                            field.getValue()));
                }
            }
        }
    }

    /// @param parameters of the operation and of its path, without references
    /// @param node the operation's own object
    record Operation(String method, String path, List<JsonNode> parameters, JsonNode node) {

        String id() {
            return node.get("operationId").asString();
        }

        /// As in `GET /v1/stacks/{id}`.
        String name() {
            return method + " " + path;
        }

        Set<String> statuses() {
            return Set.copyOf(node.get("responses").propertyNames());
        }

        JsonNode requestExample() {
            return node.at("/requestBody/content").path("application/json").path("example");
        }

        /// A parameter named `path` takes what is left, slashes too.
        boolean matches(String otherMethod, String otherPath) {
            String form = path.replace("{path}", ".+").replaceAll("\\{\\w+}", "[^/]+");
            return method.equals(otherMethod) && otherPath.matches(form);
        }

        private int variables() {
            return path.split("\\{", -1).length;
        }
    }

    List<Operation> operations() {
        return operations;
    }

    Operation byId(String id) {
        return operations.stream()
                .filter(operation -> operation.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /// @param path of a request, without its query
    Operation of(String method, String path) {
        return operations.stream()
                .filter(operation -> operation.matches(method, path))
                .min(Comparator.comparingInt(Operation::variables))
                .orElseThrow();
    }

    JsonNode schema(String name) {
        return root.at("/components/schemas/" + name);
    }

    /// The response object of a status; missing when the document has none.
    JsonNode response(Operation operation, int status) {
        return resolved(operation.node().get("responses").path(String.valueOf(status)));
    }

    /// Follows a reference, if it is one.
    JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? at(node.get("$ref").asString()) : node;
    }

    /// What a reference such as `#/components/schemas/Stack` stands for; missing when it stands for nothing.
    JsonNode at(String reference) {
        return root.at(reference.substring(1));
    }

    /// Every object that has a schema and examples of it: media types and parameters.
    Stream<JsonNode> withExamples() {
        List<JsonNode> found = new ArrayList<>();
        collect(root, found);
        return found.stream();
    }

    private static void collect(JsonNode node, List<JsonNode> into) {
        if (node.has("schema") && (node.has("example") || node.has("examples"))) {
            into.add(node);
        }
        for (JsonNode child : node.values()) {
            collect(child, into);
        }
    }

    private List<JsonNode> parameters(JsonNode path, JsonNode operation) {
        return Stream.concat(
                        path.path("parameters").valueStream(),
                        operation.path("parameters").valueStream())
                .map(this::resolved)
                .toList();
    }
}
