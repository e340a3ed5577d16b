package dev.stackmapd.app;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.app.OpenApiDocument.Operation;
import dev.stackmapd.app.SchemaCheck.Unnamed;
import dev.stackmapd.app.http.ErrorPageController;
import dev.stackmapd.app.http.OpenApiController;
import dev.stackmapd.artifact.UpstreamAnswer;
import dev.stackmapd.artifact.describe.ArtifactAnswer;
import dev.stackmapd.artifact.describe.ElfDescription;
import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.elfcore.symbols.SymbolSource;
import dev.stackmapd.ingest.BatchReceipt;
import dev.stackmapd.ingest.IngestLimits;
import dev.stackmapd.kernelmap.KernelCounters;
import dev.stackmapd.query.FrameJson;
import dev.stackmapd.request.TakesBody;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.store.SeenBinary;
import dev.stackmapd.symbolize.BinaryState;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ValueConstants;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/// The document says of every operation, parameter and limit what the code says, and the page shows it.
class OpenApiTest extends LiveServer {
    private static final Pattern REFERENCE = Pattern.compile("(?:src|href)=\"([^\"]*)\"");

    /// All that is left of a path, as Spring writes it and as the document does.
    private static final String REST_DECLARED = "/**";

    private static final String REST_DOCUMENTED = "/{path}";

    @Autowired
    List<RequestMappingHandlerMapping> mappings = List.of();

    @Test
    void hasTheOperationsOfTheService() {
        assertThat(document().operations().stream().map(Operation::name))
                .containsExactlyInAnyOrderElementsOf(handlers().keySet());
    }

    /// From the tables of the written contract, without what does not exist yet.
    @Test
    void hasTheOperationsOfTheContract() {
        assertThat(document().operations().stream().map(Operation::name))
                .containsExactlyInAnyOrder(
                        "POST /v1/batches",
                        "GET /v1/stacks/{id}",
                        "POST /v1/stacks/query",
                        "GET /v1/stacks",
                        "POST /v1/symbolize",
                        "GET /v1/binaries",
                        "GET /v1/binaries/{buildId}",
                        "POST /v1/binaries/prewarm",
                        "PUT /v1/binaries/{buildId}/{kind}",
                        "HEAD /v1/binaries/{buildId}/{kind}",
                        "DELETE /v1/binaries/{buildId}/{kind}",
                        "GET /v1/upstreams",
                        "POST /v1/upstreams/reset",
                        "GET /metadata",
                        "GET /buildid/{buildId}/debuginfo",
                        "GET /buildid/{buildId}/executable",
                        "GET /buildid/{buildId}/section/{name}",
                        "GET /buildid/{buildId}/source/{path}",
                        "POST /debuginfo.v1alpha1.DebuginfoService/ShouldInitiateUpload",
                        "POST /debuginfo.v1alpha1.DebuginfoService/Upload/{buildId}",
                        "POST /debuginfo.v1alpha1.DebuginfoService/UploadFinished",
                        "PUT /v1/stackmaps/{name}",
                        "POST /v1/stackmaps/{name}/stacks",
                        "GET /v1/stackmaps/{name}/stacks/{id}",
                        "DELETE /v1/stackmaps/{name}/stacks/{id}",
                        "GET /v1/stackmaps/{name}/stacks",
                        "GET /v1/stackmaps/{name}",
                        "DELETE /v1/stackmaps/{name}");
    }

    @Test
    void hasTheParametersOfTheService() {
        Map<String, HandlerMethod> handlers = handlers();
        OpenApiDocument document = document();
        for (Operation operation : document.operations()) {
            assertThat(handlers).containsKey(operation.name());
            HandlerMethod handler = requireNonNull(handlers.get(operation.name()));
            Set<String> declared = declared(handler);
            if (operation.path().endsWith(REST_DOCUMENTED)) {
                declared.add("path path string required");
            }
            assertThat(documented(document, operation)).as(operation.name()).isEqualTo(declared);
        }
    }

    /// Statuses of what refuses requests before a handler is asked, and of what every body of a kind meets.
    @Test
    void hasTheStatusesOfWholeGroupsOfOperations() {
        Map<String, HandlerMethod> handlers = handlers();
        for (Operation operation : document().operations()) {
            List<String> statuses = new ArrayList<>(List.of("421"));
            if (!operation.method().equals("GET") && !operation.method().equals("HEAD")) {
                statuses.add("403");
            }
            TakesBody takes = requireNonNull(handlers.get(operation.name())).getMethodAnnotation(TakesBody.class);
            if (takes != null) {
                statuses.addAll(List.of("408", "413", "415", "503"));
            }
            assertThat(operation.statuses()).as(operation.name()).containsAll(statuses);
        }
        assertThat(document().byId("readStack").statuses()).contains("413");
    }

    @Test
    void hasTheLimitsAndNamesOfTheService() {
        OpenApiDocument document = document();
        IngestLimits limits = IngestLimits.DEFAULT;
        assertThat(document.schema("Batch/properties/stacks/maxItems").asInt()).isEqualTo(limits.maxStacks());
        assertThat(document.schema("Batch/properties/processes/maxItems").asInt())
                .isEqualTo(limits.maxProcesses());
        assertThat(document.schema("Process/properties/binaries/maxItems").asInt())
                .isEqualTo(limits.maxBinaries());
        assertThat(document.schema("RawStack/properties/ips/maxItems").asInt()).isEqualTo(limits.maxFrames());
        assertThat(document.schema("TranslatedStack/properties/frames/maxItems").asInt())
                .isEqualTo(limits.maxFrames());
        assertThat(strings(document.schema("Reason/enum"))).isEqualTo(names(Frame.Reason.values()));
        assertThat(strings(document.schema("FrameInFile/properties/outcome/enum")))
                .isEqualTo(names(FrameJson.NamingOutcome.values()));
        assertThat(strings(document.schema("UpstreamAnswer/properties/outcome/enum")))
                .isEqualTo(names(UpstreamAnswer.OutcomeLabel.values()));
        assertThat(strings(document.schema("ExplainedBinary/properties/names/enum")))
                .isEqualTo(names(BinaryState.NameSource.values()));
        assertThat(strings(document.schema("ArtifactKind/enum")))
                .isEqualTo(
                        Stream.of(ArtifactKind.values()).map(ArtifactKind::text).collect(toCollection(TreeSet::new)));
        assertThat(document.schema("SeenBinary/properties/paths/maxItems").asInt())
                .isEqualTo(SeenBinary.MAX_PATHS);
        assertThat(document.schema("Symbol/properties/source/enum")
                        .valueStream()
                        .map(JsonNode::asString))
                .containsExactlyInAnyOrderElementsOf(Stream.of(SymbolSource.values())
                        .map(SymbolSource::label)
                        .toList());
    }

    /// Also of fields that are seldom there.
    @Test
    void hasTheFieldsOfTheService() {
        assertThat(fields("FrameInFile")).isEqualTo(components(FrameJson.InFile.class, "status"));
        assertThat(fields("FrameRaw")).isEqualTo(components(FrameJson.Raw.class, "status"));
        assertThat(fields("Symbol")).isEqualTo(components(FrameJson.SymbolJson.class));
        assertThat(fields("Counters")).isEqualTo(components(KernelCounters.class));
        assertThat(fields("Artifact")).isEqualTo(components(ArtifactAnswer.class));
        assertThat(fields("UpstreamAnswer")).isEqualTo(components(UpstreamAnswer.class));
        assertThat(fields("ElfDescription")).isEqualTo(components(ElfDescription.class));
        assertThat(fields("ElfDescription/properties/segments/items"))
                .isEqualTo(components(ElfDescription.Segment.class));
        assertThat(fields("ElfDescription/properties/sections/items"))
                .isEqualTo(components(ElfDescription.Section.class));
        assertThat(fields("Warning")).isEqualTo(components(BatchReceipt.Warning.class));
    }

    private Set<String> fields(String schema) {
        return new TreeSet<>(document().schema(schema).get("properties").propertyNames());
    }

    /// Names of a record's components, and others that are written beside them.
    private static Set<String> components(Class<? extends Record> type, String... others) {
        return Stream.concat(
                        Stream.of(others), Stream.of(type.getRecordComponents()).map(RecordComponent::getName))
                .collect(toCollection(TreeSet::new));
    }

    @Test
    void hasOnlyExamplesThatFitTheirSchemas() {
        OpenApiDocument document = document();
        int checked = 0;
        for (JsonNode described : document.withExamples().toList()) {
            List<JsonNode> examples = new ArrayList<>();
            described.path("examples").forEach(example -> examples.add(example.get("value")));
            if (described.has("example")) {
                examples.add(described.get("example"));
            }
            for (JsonNode example : examples) {
                assertThat(SchemaCheck.violations(document, described.get("schema"), example, Unnamed.REFUSED))
                        .as(example.toString())
                        .isEmpty();
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(document.operations().size());
    }

    @Test
    void theRangesOfNumbersInQueriesAreThoseOfTheService() {
        put("/v1/stackmaps/ranges", "{\"maxEntries\": 8}");
        int checked = 0;
        for (Operation operation : document().operations()) {
            for (JsonNode parameter : operation.parameters()) {
                JsonNode schema = parameter.get("schema");
                if (parameter.get("in").asString().equals("query") && schema.has("maximum")) {
                    int lowest = schema.get("minimum").asInt();
                    int highest = schema.get("maximum").asInt();
                    String name = parameter.get("name").asString();
                    assertThat(asked(operation, name, lowest)).isEqualTo("200");
                    assertThat(asked(operation, name, highest)).isEqualTo("200");
                    assertThat(asked(operation, name, lowest - 1)).isEqualTo("400 " + name);
                    assertThat(asked(operation, name, highest + 1)).isEqualTo("400 " + name);
                    checked++;
                }
            }
        }
        assertThat(checked).isEqualTo(4);
    }

    @Test
    void thePageAndEverythingThatItRefersToAreServedFromHere() {
        Answer page = get("/swagger-ui.html");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.contentType()).startsWith("text/html");
        Set<String> references = new TreeSet<>();
        Matcher matcher = REFERENCE.matcher(page.response().body());
        while (matcher.find()) {
            references.add(matcher.group(1));
        }
        assertThat(references).hasSizeGreaterThan(4).allSatisfy(reference -> {
            assertThat(reference).startsWith("/").doesNotStartWith("//");
            assertThat(get(reference).status()).isEqualTo(200);
        });
        assertThat(page.response().body()).doesNotContainPattern("<script(?![^>]* src=)|<style| style=| on[a-z]+=");
        String script = get("/swagger-ui.js").response().body();
        assertThat(script).contains("url: \"/v3/api-docs\"", "validatorUrl: null");
        assertThat(get("/v3/api-docs").contentType()).isEqualTo("application/json");
    }

    private OpenApiDocument document() {
        return new OpenApiDocument(get("/v3/api-docs").json());
    }

    /// `200`, or `400` and the field that is wrong.
    private String asked(Operation operation, String parameter, int value) {
        String path = operation.path().replace("{name}", "ranges") + "?" + parameter + "=" + value;
        Answer answer = operation.method().equals("GET")
                ? get(path)
                : post(path, operation.requestExample().toString());
        return answer.status() == 200
                ? "200"
                : answer.status() + " " + answer.json().get("field").asString();
    }

    private Map<String, HandlerMethod> handlers() {
        Map<String, HandlerMethod> handlers = new TreeMap<>();
        for (RequestMappingHandlerMapping mapping : mappings) {
            for (Map.Entry<RequestMappingInfo, HandlerMethod> entry :
                    mapping.getHandlerMethods().entrySet()) {
                Class<?> controller = entry.getValue().getBeanType();
                if (controller.getPackageName().startsWith("dev.stackmapd")
                        && controller != ErrorPageController.class
                        && controller != OpenApiController.class) {
                    for (String path : entry.getKey().getPatternValues()) {
                        entry.getKey()
                                .getMethodsCondition()
                                .getMethods()
                                .forEach(method -> handlers.put(method + " " + asDocumented(path), entry.getValue()));
                    }
                }
            }
        }
        return handlers;
    }

    /// Without what is special to Spring: `{name:.+}`, `/**`.
    private static String asDocumented(String path) {
        return path.replaceAll(":[^}]+}", "}").replace(REST_DECLARED, REST_DOCUMENTED);
    }

    /// Path and query parameters, as in `query limit integer default 100`.
    private static Set<String> documented(OpenApiDocument document, Operation operation) {
        Set<String> parameters = new TreeSet<>();
        for (JsonNode parameter : operation.parameters()) {
            JsonNode schema = document.resolved(parameter.get("schema"));
            String in = parameter.get("in").asString();
            if (!in.equals("header")) {
                parameters.add("%s %s %s %s"
                        .formatted(
                                in,
                                parameter.get("name").asString(),
                                schema.get("type").asString(),
                                parameter.path("required").asBoolean(false)
                                        ? "required"
                                        : "default " + schema.path("default").asString("none")));
            }
        }
        return parameters;
    }

    private static Set<String> declared(HandlerMethod handler) {
        Set<String> parameters = new TreeSet<>();
        for (MethodParameter parameter : handler.getMethodParameters()) {
            String described = parameter.getParameter().getName() + " " + type(parameter);
            RequestParam query = parameter.getParameterAnnotation(RequestParam.class);
            if (query != null) {
                boolean defaulted = !query.defaultValue().equals(ValueConstants.DEFAULT_NONE);
                boolean required = query.required() && !defaulted && parameter.getParameterType() != Optional.class;
                parameters.add("query " + described
                        + (required ? " required" : " default " + (defaulted ? query.defaultValue() : "none")));
            }
            if (parameter.hasParameterAnnotation(PathVariable.class)) {
                parameters.add("path " + described + " required");
            }
        }
        return parameters;
    }

    private static String type(MethodParameter parameter) {
        Class<?> type = parameter.nestedIfOptional().getNestedParameterType();
        if (type == boolean.class) {
            return "boolean";
        }
        return type == int.class || type == Integer.class ? "integer" : "string";
    }

    private static Set<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).collect(toCollection(TreeSet::new));
    }

    private static Set<String> names(Enum<?>[] values) {
        return Stream.of(values).map(Enum::name).collect(toCollection(TreeSet::new));
    }
}
