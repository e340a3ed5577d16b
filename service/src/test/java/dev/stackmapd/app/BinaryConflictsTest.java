package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/// Files of one build-id that contradict one another, and debug files whose executable was seen elsewhere.
/// Tools made the files (`build-layouts.sh`), and llvm-symbolizer the names.
class BinaryConflictsTest extends LiveServer {
    private static final String PIE = "6c61796f75742d7069656c61796f75742d706965";
    private static final String FIXED = "6c61796f75742d6669786c61796f75742d666978";
    private static final int HEAD_BYTES = 8_192;

    @TempDir
    private static Path folder;

    @DynamicPropertySource
    static void operatorsFolder(DynamicPropertyRegistry registry) {
        registry.add("stackmapd.artifacts.directories", () -> folder.toString());
    }

    @AfterEach
    void forgetAll() throws IOException {
        Files.deleteIfExists(tree(PIE));
        for (String id : List.of(PIE, FIXED)) {
            // This forgets what heads have shown too.
            delete("/v1/binaries/%s/executable".formatted(id));
            delete("/v1/binaries/%s/debuginfo".formatted(id));
        }
    }

    @Test
    void aSecondUploadThatContradictsTheFirstIsRefused() throws IOException {
        assertThat(upload(PIE, "executable", "pie").status()).isEqualTo(201);

        Answer refused = upload(PIE, "debuginfo", "pie.other.eu");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().get("type").asString()).isEqualTo("urn:stackmapd:problem:conflicting-binary");
        assertThat(refused.json().get("detail").asString())
                .contains("executable segments in memory: 0x1000+0x80 here, 0x1000+0x4d in the uploaded executable");
        JsonNode conflict = binary(PIE).at("/conflicts/0");
        assertThat(conflict.get("kind").asString()).isEqualTo("debuginfo");
        assertThat(conflict.get("source").asString()).isEqualTo("upload");
        assertThat(conflict.get("sha256").asString()).hasSize(64);
        assertThat(conflict.get("why").asString()).contains("0x1000+0x80");
        assertThat(conflicts("upload")).isPositive();
        assertThat(upload(PIE, "executable", "pie").status()).isEqualTo(200);
        assertNames(PIE, "pie");
    }

    @Test
    void aFileIsReplacedOnPurposeByDeletingIt() throws IOException {
        upload(PIE, "executable", "pie.other");
        assertThat(upload(PIE, "executable", "pie").status()).isEqualTo(409);

        assertThat(delete("/v1/binaries/%s/executable".formatted(PIE)).status()).isEqualTo(204);

        assertThat(upload(PIE, "executable", "pie").status()).isEqualTo(201);
        assertThat(binary(PIE).get("conflicts").isEmpty()).isTrue();
        assertNames(PIE, "pie");
    }

    @Test
    void pyroscopesAgentsAreToldTheSame() throws IOException {
        upload(PIE, "executable", "pie");
        String calls = "/debuginfo.v1alpha1.DebuginfoService/";
        post(
                calls + "ShouldInitiateUpload",
                Map.of("file", Map.of("gnuBuildId", PIE, "type", "TYPE_EXECUTABLE_NO_TEXT")));

        Answer refused =
                send(request(calls + "Upload/" + PIE).POST(BodyPublishers.ofByteArray(fixture("pie.other.eu"))));

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().get("type").asString()).isEqualTo("urn:stackmapd:problem:conflicting-binary");
    }

    @Test
    void aFileOfTheOperatorCountsMoreThanAnUploadThatCameBefore() throws IOException {
        upload(PIE, "executable", "pie.other");
        Files.createDirectories(tree(PIE).getParent());
        Files.write(tree(PIE), fixture("pie"));

        JsonNode conflict = binary(PIE).at("/conflicts/0");

        assertThat(conflict.get("why").asString()).contains("a file of the operator's folders");
        assertThat(conflict.get("source").asString()).isEqualTo("upload");
        assertNames(PIE, "pie");
    }

    @ParameterizedTest
    @CsvSource({"pie, pie.objcopy", "pie, pie.llvm", "fixed, fixed.objcopy", "fixed, fixed.llvm"})
    void aDebugFileAloneIsEnoughWhereAHeadShowedTheSegments(String program, String debugFile) throws IOException {
        String id = program.equals("pie") ? PIE : FIXED;
        String stack = sendHead(program, program);
        assertThat(upload(id, "debuginfo", debugFile).status()).isEqualTo(201);

        JsonNode leaf = get("/v1/stacks/" + stack).json().at("/frames/0");

        assertThat(leaf.get("outcome").asString()).isEqualTo("KNOWN");
        assertThat(leaf.at("/symbols/0/function").asString())
                .isEqualTo(names(program).getFirst()[1]);
        assertNames(id, program);
    }

    @Test
    void aHeadThatComesAfterTheDebugFileIsEnoughToo() throws IOException {
        upload(PIE, "debuginfo", "pie.objcopy");
        assertThat(binary(PIE).get("outcome").asString()).isEqualTo("NO_BINARY");

        sendHead("pie", "pie");

        assertThat(binary(PIE).get("outcome").asString()).isEqualTo("KNOWN");
        assertNames(PIE, "pie");
    }

    @ParameterizedTest
    @CsvSource({"pie, pie.eu", "pie, pie.eu-reloc", "fixed, fixed.eu", "fixed, fixed.eu-reloc"})
    void aDebugFileByEuStripAnswersByItself(String program, String debugFile) throws IOException {
        String id = program.equals("pie") ? PIE : FIXED;
        upload(id, "debuginfo", debugFile);

        assertNames(id, program);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fixed.objcopy", "fixed.llvm"})
    void aDebugFileByObjcopyAloneDoesNotAnswer(String debugFile) throws IOException {
        upload(FIXED, "debuginfo", debugFile);

        assertThat(binary(FIXED).get("outcome").asString()).isEqualTo("NO_BINARY");
    }

    @Test
    void aPatchedProgramIsNamedByTheDebugFileOfTheUnpatchedOne() throws IOException {
        assertThat(upload(PIE, "executable", "pie.rpath").status()).isEqualTo(201);
        assertThat(upload(PIE, "debuginfo", "pie.objcopy").status()).isEqualTo(201);

        assertNames(PIE, "pie");
        assertThat(binary(PIE).get("conflicts").isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"executable, pie", "debuginfo, pie.objcopy", "debuginfo, pie.eu"})
    void framesOfAFileWhoseHeadContradictsTheOneThatIsHeldStayRaw(String kind, String held) throws IOException {
        upload(PIE, kind, held);
        double before = conflicts("head");

        Answer answer = post("/v1/batches", batch("pie", fixture("pie.other")));

        assertThat(answer.json().at("/frames/raw/OTHER_LAYOUT").asInt()).isEqualTo(1);
        JsonNode leaf = get("/v1/stacks/" + answer.json().at("/ids/0").asString())
                .json()
                .at("/frames/0");
        assertThat(leaf.get("reason").asString()).isEqualTo("OTHER_LAYOUT");
        assertThat(leaf.get("ip").asString()).isEqualTo("0x7f0000001000");
        JsonNode conflict = binary(PIE).at("/conflicts/0");
        assertThat(conflict.get("source").asString()).isEqualTo("head");
        assertThat(conflict.get("why").asString()).contains("the file that is held");
        assertThat(conflicts("head")).isEqualTo(before + 1);
        assertThat(metrics()).contains("stackmapd_frames_total{reason=\"OTHER_LAYOUT\",status=\"IP\"}");
    }

    @Test
    void aHeadRefusesNoFileAndItsSegmentsGiveWay() throws IOException {
        sendHead("pie", "pie.other");

        assertThat(upload(PIE, "debuginfo", "pie.objcopy").status()).isEqualTo(201);
        assertThat(binary(PIE).get("outcome").asString()).isEqualTo("NO_BINARY");
        sendHead("pie", "pie");
        assertNames(PIE, "pie");
        assertThat(upload(PIE, "executable", "pie").status()).isEqualTo(201);
        assertNames(PIE, "pie");
    }

    /// Which of two heads is right cannot be told, and names that may be another function's are not given.
    @Test
    void twoHeadsThatContradictOneAnotherNameNothing() throws IOException {
        sendHead("fixed", "fixed");
        sendHead("fixed", "fixed.rpath");
        upload(FIXED, "debuginfo", "fixed.objcopy");

        assertThat(binary(FIXED).get("outcome").asString()).isEqualTo("NO_BINARY");
        assertThat(binary(FIXED).at("/conflicts/0/source").asString()).isEqualTo("head");
        upload(FIXED, "executable", "fixed.rpath");
        assertThat(binary(FIXED).get("outcome").asString()).isEqualTo("KNOWN");
    }

    private void assertNames(String buildId, String program) throws IOException {
        List<String[]> expected = names(program);
        List<Map<String, String>> frames = new ArrayList<>();
        for (String[] name : expected) {
            frames.add(Map.of("buildId", buildId, "offset", name[0]));
        }
        JsonNode answer = post("/v1/symbolize", Map.of("frames", frames)).json().get("frames");
        for (int i = 0; i < expected.size(); i++) {
            String[] name = expected.get(i);
            JsonNode symbol = answer.at("/%d/symbols/0".formatted(i));
            assertThat(symbol.path("function").asString("") + " "
                            + symbol.path("file").asString("") + ":"
                            + symbol.path("line").asString("0"))
                    .as("offset %s", name[0])
                    .isEqualTo(name[1] + " " + name[2]);
        }
    }

    /// Offset, function, and file with line.
    private static List<String[]> names(String program) throws IOException {
        return Files.readAllLines(Fixtures.path("expected/layouts/" + program + ".names")).stream()
                .map(line -> line.split(" ", -1))
                .toList();
    }

    /// A stack through the first function of a program, with the head of a file.
    private String sendHead(String program, String file) throws IOException {
        Answer answer = post("/v1/batches", batch(program, fixture(file)));
        assertThat(answer.json().at("/frames/inFile").asInt()).isEqualTo(1);
        return answer.json().at("/ids/0").asString();
    }

    private static Map<String, ?> batch(String program, byte[] file) throws IOException {
        long offset = Long.decode(names(program).getFirst()[0]);
        String maps = "7f0000000000-7f0000010000 r-xp 00000000 fe:00 77      /srv/program\n";
        byte[] head = Arrays.copyOf(file, Math.min(file.length, HEAD_BYTES));
        Map<String, ?> binary =
                Map.of("dev", "fe:00", "inode", 77, "head", Base64.getEncoder().encodeToString(head));
        return Map.of(
                "processes",
                List.of(Map.of("maps", maps, "binaries", List.of(binary))),
                "stacks",
                List.of(Map.of("process", 0, "ips", List.of("0x" + Long.toHexString(0x7f0000000000L + offset)))));
    }

    private JsonNode binary(String buildId) {
        return get("/v1/binaries/" + buildId).json();
    }

    private String metrics() {
        return get("/actuator/prometheus").response().body();
    }

    private double conflicts(String source) {
        String metric = "stackmapd_binary_conflicts_total{source=\"%s\"} ".formatted(source);
        return metrics()
                .lines()
                .filter(line -> line.startsWith(metric))
                .mapToDouble(line -> Double.parseDouble(line.substring(metric.length())))
                .sum();
    }

    private Answer upload(String buildId, String kind, String file) throws IOException {
        return send(
                request("/v1/binaries/%s/%s".formatted(buildId, kind)).PUT(BodyPublishers.ofByteArray(fixture(file))));
    }

    private static byte[] fixture(String name) throws IOException {
        return Files.readAllBytes(Fixtures.path("binaries/layouts/" + name));
    }

    private static Path tree(String buildId) {
        return folder.resolve(".build-id/" + buildId.substring(0, 2) + "/" + buildId.substring(2));
    }
}
