package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.Tools;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Build-ids as the kernel gives them, zero-padded to 20 bytes (XLT-12), on every route that takes one. Ids were
/// printed by readelf, names by llvm-symbolizer.
class PaddedBuildIdTest extends LiveServer {
    /// The offset of address 0x401000, which llvm-symbolizer says is `leaf` in `/src/plain.c`, line 6.
    private static final String LEAF = "0x1000";

    @TempDir
    private Path folder;

    @AfterEach
    void forgetUploads() throws IOException {
        for (String fixture : List.of("build-id-8", "build-id-16", "build-id-20", "build-id-32")) {
            delete(executable(id(fixture)));
        }
        delete(executable(id("build-id-20").substring(0, 38)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"build-id-8", "build-id-16"})
    void framesAreNamedWhicheverFormTheyHave(String fixture) throws IOException {
        String own = id(fixture);
        String padded = padded(own);
        assertThat(upload(own, fixture(fixture)).status()).isEqualTo(201);

        assertLeaf(padded);
        assertLeaf(own);
        JsonNode symbolized = post(
                        "/v1/symbolize", Map.of("frames", List.of(Map.of("buildId", padded, "offset", LEAF))))
                .json()
                .at("/frames/0");
        assertThat(symbolized.at("/symbols/0/function").asString()).isEqualTo("leaf");
        assertThat(symbolized.get("buildId").asString()).as("as it was sent").isEqualTo(padded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"build-id-8", "build-id-16"})
    void aFileIsUploadedFoundAndForgottenUnderAnyForm(String fixture) throws Exception {
        String own = id(fixture);
        String padded = padded(own);
        assertThat(upload(padded, fixture(fixture)).status()).isEqualTo(201);
        assertThat(upload(own, fixture(fixture)).json().get("result").asString())
                .isEqualTo("ALREADY_HELD");
        assertThat(send(request(executable(padded))
                                .header("Repr-Digest", Uploading.digest(fixture(fixture)))
                                .HEAD())
                        .status())
                .isEqualTo(204);

        for (String id : List.of(own, padded, own + "00")) {
            JsonNode explained = get("/v1/binaries/" + id).json();
            assertThat(explained.get("buildId").asString()).as("the file's own").isEqualTo(own);
            assertThat(explained.get("artifacts").size()).isEqualTo(1);
            assertThat(explained.get("outcome").asString()).isEqualTo("KNOWN");
        }
        assertThat(delete(executable(padded)).status()).isEqualTo(204);
        assertThat(delete(executable(own)).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"build-id-8", "build-id-16"})
    void debuginfodRoutesTakeAnyForm(String fixture) throws Exception {
        String own = id(fixture);
        String padded = padded(own);
        upload(own, fixture(fixture));

        for (String route : List.of("executable", "debuginfo")) {
            assertThat(bytes("/buildid/%s/%s".formatted(padded, route))).isEqualTo(fixture(fixture));
        }
        assertThat(bytes("/buildid/%s/section/.text".formatted(padded)))
                .isNotEmpty()
                .isEqualTo(bytes("/buildid/%s/section/.text".formatted(own)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"build-id-8", "build-id-16"})
    void aBinaryIsListedOnceAndAStackIsOne(String fixture) throws IOException {
        String own = id(fixture);
        String padded = padded(own);
        long before = framesOf(own);
        String long1 = stackThrough(padded, "0x77");
        String short1 = stackThrough(own, "0x77");

        assertThat(short1).isEqualTo(long1);
        assertThat(get("/v1/stacks/" + long1).json().at("/frames/0/buildId").asString())
                .as("as it was sent first")
                .isEqualTo(padded);
        assertThat(listed(own)).as("the shortest form that was seen").containsExactly(own);
        assertThat(framesOf(own)).isEqualTo(before + 2).isEqualTo(framesOf(padded));
    }

    /// An agent that has the id from the kernel, and one that read the file.
    @Test
    void pyroscopesThreeCallsTakeAnyForm() throws IOException {
        String calls = "/debuginfo.v1alpha1.DebuginfoService/";
        String own = id("build-id-8");
        Map<String, Object> offer = Map.of("file", Map.of("gnuBuildId", padded(own), "type", "TYPE_EXECUTABLE_FULL"));
        assertThat(post(calls + "ShouldInitiateUpload", offer)
                        .json()
                        .get("shouldInitiateUpload")
                        .asBoolean())
                .isTrue();
        assertThat(send(request(calls + "Upload/" + own).POST(BodyPublishers.ofByteArray(fixture("build-id-8"))))
                        .status())
                .isEqualTo(200);
        assertThat(post(calls + "UploadFinished", Map.of("gnuBuildId", padded(own)))
                        .status())
                .isEqualTo(200);
        assertThat(post(calls + "ShouldInitiateUpload", offer)
                        .json()
                        .get("shouldInitiateUpload")
                        .asBoolean())
                .isFalse();
        assertLeaf(padded(own));
    }

    /// A file whose own id ends in zero: an honest one in 256.
    @Test
    void zerosAtTheEndThatAreTheFilesOwn() throws Exception {
        byte[] file = endingInZero("build-id-20");
        String own = id("build-id-20").substring(0, 38) + "00";
        assertThat(readelf(file)).isEqualTo(own);

        assertThat(upload(own.substring(0, 38), file).status()).isEqualTo(201);
        assertThat(get("/v1/binaries/" + own).json().get("buildId").asString()).isEqualTo(own);
        assertThat(get("/v1/binaries/" + own.substring(0, 38))
                        .json()
                        .get("buildId")
                        .asString())
                .isEqualTo(own);
        assertLeaf(own);
        assertLeaf(own.substring(0, 38));
        assertThat(bytes("/buildid/%s/executable".formatted(own))).isEqualTo(file);
    }

    @Test
    void anIdOfZerosIsSuspiciousInEveryForm() throws IOException {
        byte[] zeros = new byte[20];
        byte[] file = replace(
                fixture("build-id-20"), id("build-id-20"), HexFormat.of().formatHex(zeros));
        for (int length : new int[] {1, 8, 20}) {
            String id = "00".repeat(length);
            assertThat(upload(id, file).status()).isEqualTo(422);
            String stack = stackThrough(id);
            JsonNode frame = get("/v1/stacks/" + stack).json().at("/frames/0");
            assertThat(frame.get("suspicious").asBoolean()).isTrue();
            assertThat(frame.get("outcome").asString()).isEqualTo("NO_BINARY");
        }
        assertThat(listed("00")).containsExactly("00");
    }

    @Test
    void longerIdsAreComparedWhole() throws IOException {
        byte[] file = endingInZero("build-id-32");
        String own = id("build-id-32").substring(0, 62) + "00";

        assertThat(upload(own.substring(0, 62), file).status()).isEqualTo(422);
        assertThat(upload(own + "00", file).status()).isEqualTo(422);
        assertThat(upload(own, file).status()).isEqualTo(201);
        assertThat(get("/buildid/%s/executable".formatted(own.substring(0, 62))).status())
                .isEqualTo(404);
        assertThat(delete(executable(own)).status()).isEqualTo(204);
    }

    /// One index for all forms, opened by each.
    @Test
    void anIndexServesEveryForm() throws IOException {
        String own = id("build-id-8");
        upload(own, fixture("build-id-8"));
        for (String id : List.of(padded(own), own)) {
            await().untilAsserted(() -> {
                assertLeaf(id);
                assertThat(get("/v1/binaries/" + id).json().get("names").asString())
                        .isEqualTo("INDEX");
            });
        }
    }

    private void assertLeaf(String buildId) {
        JsonNode frame = get("/v1/stacks/" + stackThrough(buildId)).json().at("/frames/0");
        assertThat(frame.get("outcome").asString()).isEqualTo("KNOWN");
        assertThat(frame.at("/symbols/0/function").asString()).isEqualTo("leaf");
        assertThat(frame.at("/symbols/0/file").asString()).isEqualTo("/src/plain.c");
        assertThat(frame.at("/symbols/0/line").asInt()).isEqualTo(6);
    }

    private String stackThrough(String buildId) {
        return stackThrough(buildId, LEAF);
    }

    private String stackThrough(String buildId, String offset) {
        return post(
                        "/v1/batches",
                        Map.of(
                                "stacks",
                                List.of(Map.of("frames", List.of(Map.of("buildId", buildId, "offset", offset))))))
                .json()
                .at("/ids/0")
                .asString();
    }

    /// The forms under which a binary is listed.
    private List<String> listed(String unpadded) {
        return get("/v1/binaries?limit=1000")
                .json()
                .get("binaries")
                .valueStream()
                .map(binary -> binary.get("buildId").asString())
                .filter(id -> id.replaceAll("(00)+$", "").equals(unpadded.replaceAll("(00)+$", "")))
                .toList();
    }

    private long framesOf(String buildId) {
        Answer answer = get("/v1/binaries/" + buildId);
        return answer.status() == 404 ? 0 : answer.json().get("frames").asLong();
    }

    private Answer upload(String buildId, byte[] file) {
        return send(request(executable(buildId)).PUT(BodyPublishers.ofByteArray(file)));
    }

    private byte[] bytes(String path) throws Exception {
        HttpResponse<byte[]> response = java.net.http.HttpClient.newHttpClient()
                .send(request(path).GET().build(), BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private String readelf(byte[] file) throws IOException {
        Path path = Files.write(folder.resolve("file"), file);
        Tools.Run run = Tools.run(Map.of(), List.of(Tools.path("readelf", "binutils"), "-n", path.toString()));
        return run.out().replaceAll("(?s).*Build ID: ([0-9a-f]+).*", "$1");
    }

    private static byte[] endingInZero(String fixture) throws IOException {
        String id = id(fixture);
        return replace(fixture(fixture), id, id.substring(0, id.length() - 2) + "00");
    }

    private static byte[] replace(byte[] file, String id, String with) {
        return HexFormat.of().parseHex(HexFormat.of().formatHex(file).replace(id, with));
    }

    private static String executable(String buildId) {
        return "/v1/binaries/%s/executable".formatted(buildId);
    }

    private static String padded(String id) {
        return id + "0".repeat(40 - id.length());
    }

    private static byte[] fixture(String name) throws IOException {
        return Files.readAllBytes(Fixtures.path("binaries/" + name));
    }

    private static String id(String fixture) throws IOException {
        return Files.readString(Fixtures.path("expected/" + fixture + ".buildid"))
                .strip();
    }
}
