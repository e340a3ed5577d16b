package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.stackmapd.fixtures.Fixtures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/// `PUT /v1/binaries/{buildId}/{kind}`, as senders use and misuse it.
@TestPropertySource(properties = "stackmapd.artifacts.max-file=1MB")
class UploadTest extends LiveServer {
    private static final String PLAIN = "30c9879257ed19cfa469ff85aae7984a6a88be23";
    private static final String SPLIT = "bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2";
    private static final String ALTERNATE = "6d59e09069c119f17da5ec4b3c1508f555fc29d8";
    private static final List<String> KINDS = List.of("executable", "debuginfo", "supplementary", "dwp");

    @Value("${stackmapd.artifacts.cache}")
    private Path cache;

    @AfterEach
    void forgetUploads() {
        for (String id : List.of(PLAIN, SPLIT, ALTERNATE)) {
            for (String kind : KINDS) {
                delete("/v1/binaries/%s/%s".formatted(id, kind));
            }
        }
    }

    @Test
    void aStackIsNamedAsSoonAsItsBinaryIsUploaded() throws Exception {
        String stack = stackThrough(PLAIN, "0x1010");
        JsonNode before = leaf(stack);
        assertThat(before.get("outcome").asString()).isEqualTo("NO_BINARY");
        assertThat(before.get("detail").asString()).isEqualTo("no file with this build-id is held");
        JsonNode why = get("/v1/binaries/" + PLAIN).json();
        assertThat(why.get("outcome").asString()).isEqualTo("NO_BINARY");
        assertThat(why.get("frames").asInt()).isPositive();
        assertThat(missing()).contains(PLAIN);

        Answer uploaded = upload(PLAIN, "executable", fixture("dwarf/plain"));
        assertThat(uploaded.status()).isEqualTo(201);
        assertThat(uploaded.json().get("result").asString()).isEqualTo("STORED");

        assertThat(leaf(stack).get("outcome").asString()).isEqualTo("KNOWN");
        JsonNode held = get("/v1/binaries/" + PLAIN).json();
        assertThat(held.get("outcome").asString()).isEqualTo("KNOWN");
        assertThat(held.at("/artifacts/0/sha256").asString()).isEqualTo(sha256(fixture("dwarf/plain")));
        assertThat(held.at("/artifacts/0/symbols").asString()).isEqualTo("debug-information");
        assertThat(held.at("/description/machine").asString()).isEqualTo("x86-64");
        assertThat(missing()).doesNotContain(PLAIN);
    }

    @Test
    void theSameFileAgainStoresNothing() throws Exception {
        byte[] file = fixture("dwarf/plain");
        upload(PLAIN, "executable", file);
        Answer again = upload(PLAIN, "executable", file);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().get("result").asString()).isEqualTo("ALREADY_HELD");
        // With the digest, the body is not even looked at.
        Answer digest = send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                .header("Repr-Digest", digest(file))
                .PUT(BodyPublishers.ofString("never read")));
        assertThat(digest.json().get("result").asString()).isEqualTo("ALREADY_HELD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void bodiesMayBeCompressed(String encoding) throws Exception {
        byte[] file = fixture("dwarf/plain");
        byte[] body = encoding.equals("zstd") ? Zstd.compress(file) : gzip(file);
        Answer answer = send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                .header("Content-Encoding", encoding)
                .PUT(BodyPublishers.ofByteArray(body)));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().at("/artifact/sha256").asString()).isEqualTo(sha256(file));
    }

    @Test
    void curlsFormTypeIsNoForm() throws Exception {
        Answer answer = send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .PUT(BodyPublishers.ofByteArray(fixture("dwarf/plain"))));
        assertThat(answer.status()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({
        "dwarf/plain, 00c9879257ed19cfa469ff85aae7984a6a88be23, executable, the file's own build-id is",
        "dwarf/plain, 30c98792, executable, the file's own build-id is",
        "split/stripped, bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2, debuginfo, the file is no debuginfo",
        "dwarf/plain, 30c9879257ed19cfa469ff85aae7984a6a88be23, supplementary, the file is no supplementary",
        "dwarf/plain, 30c9879257ed19cfa469ff85aae7984a6a88be23, dwp, the file is no dwp",
        "no-build-id, 30c9879257ed19cfa469ff85aae7984a6a88be23, executable, the file has no build-id",
    })
    void aFileThatIsNotWhatIsClaimedIsRefused(String fixture, String buildId, String kind, String said)
            throws Exception {
        Answer answer = upload(buildId, kind, fixture(fixture));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("detail").asString()).startsWith(said).doesNotContain("/");
        assertNothingIsHeld(buildId);
    }

    @Test
    void whatIsNoFileOrOnlyAPartOfOneIsRefused() throws Exception {
        byte[] file = fixture("dwarf/plain");
        assertThat(detail(422, new byte[0])).contains("ends early");
        assertThat(detail(422, "<!doctype html><title>Sign in</title>".getBytes(StandardCharsets.UTF_8)))
                .startsWith("not an ELF file");
        for (int length : new int[] {4, 63, 64, 1_000, file.length / 2, file.length - 1}) {
            assertThat(detail(422, Arrays.copyOf(file, length)))
                    .as("%d bytes", length)
                    .isNotBlank();
        }
        assertThat(detail(413, new byte[(1 << 20) + 1])).isNotBlank();
        byte[] large = Arrays.copyOf(file, (1 << 20) + 1);
        assertThat(detail(413, large)).contains("1048576");
        assertNothingIsHeld(PLAIN);
    }

    @Test
    void anEndlessBodyIsCutOff() throws Exception {
        byte[] bomb = Zstd.compress(Arrays.copyOf(fixture("dwarf/plain"), 64 << 20));
        assertThat(send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                                .header("Content-Encoding", "zstd")
                                .PUT(BodyPublishers.ofByteArray(bomb)))
                        .status())
                .isEqualTo(413);
        assertNothingIsHeld(PLAIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/binaries/..%2f..%2fetc/executable",
                "/v1/binaries/%2e%2e/executable",
                "/v1/binaries/30c9879257ed19cfa469ff85aae7984a6a88be2/executable",
                "/v1/binaries/zz/executable",
                "/v1/binaries/30c9%00/executable",
                "/v1/binaries/30c9879257ed19cfa469ff85aae7984a6a88be23/..%2fexecutable",
                "/v1/binaries/30c9879257ed19cfa469ff85aae7984a6a88be23/index",
            })
    void tricksInThePathAreRefused(String path) throws Exception {
        assertThat(send(request(path).PUT(BodyPublishers.ofByteArray(fixture("dwarf/plain"))))
                        .status())
                .isIn(400, 404, 405);
        assertNothingIsHeld(PLAIN);
    }

    @Test
    void twoAtOnceOfTheSameFile() throws Exception {
        byte[] file = fixture("dwarf/plain");
        Callable<Answer> send = () -> upload(PLAIN, "executable", file);
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> answers = senders.invokeAll(Collections.nCopies(8, send));
            int stored = 0;
            for (Future<Answer> answer : answers) {
                assertThat(answer.get().status()).isIn(200, 201);
                stored += answer.get().status() == 201 ? 1 : 0;
            }
            assertThat(stored).isEqualTo(1);
        }
        assertThat(filesHeld()).hasSize(2);
    }

    @Test
    void anExecutableAndItsDebugFileNameTogether() throws Exception {
        assertThat(upload(SPLIT, "debuginfo", debugFile()).status()).isEqualTo(201);
        assertThat(get("/v1/binaries/" + SPLIT).json().get("detail").asString()).contains("only a debug file is held");
        assertThat(upload(SPLIT, "executable", fixture("split/stripped")).status())
                .isEqualTo(201);
        assertThat(get("/v1/binaries/" + SPLIT).json().get("outcome").asString())
                .isEqualTo("KNOWN");
        assertThat(get("/v1/binaries/" + SPLIT).json().get("artifacts")).hasSize(2);
    }

    @Test
    void aFileThatSaysLessDoesNotTakeThePlaceOfABetterOne() throws Exception {
        upload(SPLIT, "executable", fixture("split/stripped"));
        // An executable with everything is not at hand for this build-id; its debug file is for the other kind.
        upload(PLAIN, "executable", fixture("dwarf/plain"));
        Answer worse = upload(PLAIN, "executable", withoutDebugInformation());
        assertThat(worse.status()).isEqualTo(200);
        assertThat(worse.json().get("result").asString()).isEqualTo("KEPT_BETTER");
        delete("/v1/binaries/%s/executable".formatted(PLAIN));
        assertThat(upload(PLAIN, "executable", withoutDebugInformation())
                        .json()
                        .get("result")
                        .asString())
                .isEqualTo("STORED");
        assertThat(upload(PLAIN, "executable", fixture("dwarf/plain"))
                        .json()
                        .get("result")
                        .asString())
                .isEqualTo("REPLACED");
    }

    @Test
    void whatDwzTookOutIsLackingUntilItIsUploaded() throws Exception {
        upload(PLAIN, "executable", fixture("dwarf/dwz-1"));
        assertThat(get("/v1/binaries/" + PLAIN).json().at("/lacking/0").asString())
                .isEqualTo(ALTERNATE);
        assertThat(upload(ALTERNATE, "supplementary", fixture("dwarf/dwz-common.debug"))
                        .status())
                .isEqualTo(201);
        assertThat(get("/v1/binaries/" + PLAIN).json().has("lacking")).isFalse();
    }

    @Test
    void aFileMayComeInPieces() throws Exception {
        byte[] file = fixture("dwarf/plain");
        int half = file.length / 2;
        Answer first = piece(file, 0, half);
        assertThat(first.status()).isEqualTo(202);
        assertThat(first.response().headers().firstValue("Upload-Offset")).contains(String.valueOf(half));
        assertThat(offset(file)).isEqualTo(half);
        Answer wrong = piece(file, half + 1, file.length);
        assertThat(wrong.status()).isEqualTo(409);
        assertThat(wrong.json().get("offset").asString()).isEqualTo("0x" + Integer.toHexString(half));
        Answer last = piece(file, half, file.length);
        assertThat(last.status()).isEqualTo(201);
        assertThat(last.json().at("/artifact/sha256").asString()).isEqualTo(sha256(file));
        assertThat(offset(file)).isEqualTo(file.length);
    }

    @Test
    void anUploadThatWasCutOffGoesOn() throws Exception {
        byte[] file = fixture("dwarf/plain");
        int sent = file.length / 3;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(String.join(
                            "\r\n",
                            "PUT /v1/binaries/%s/executable HTTP/1.1".formatted(PLAIN),
                            "Host: x",
                            "Content-Length: " + file.length,
                            "Repr-Digest: " + digest(file),
                            "",
                            "")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(file, 0, sent);
        }
        await().until(() -> offset(file) == sent);
        assertThat(piece(file, sent, file.length).status()).isEqualTo(201);
    }

    @Test
    void piecesOfAnotherFileAreFoundOut() throws Exception {
        byte[] file = fixture("dwarf/plain");
        byte[] other = file.clone();
        other[other.length - 1] ^= 1;
        piece(file, 0, 100);
        Answer answer = send(pieceRequest(file, 100, file.length)
                .PUT(BodyPublishers.ofByteArray(Arrays.copyOfRange(other, 100, other.length))));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("field").asString()).isEqualTo("Repr-Digest");
        assertNothingIsHeld(PLAIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bytes 5-3/10", "bytes 0-9/9", "bytes 0-9", "lines 0-9/10", "bytes 0-99999999999999999999/1"})
    void aRangeThatIsNoneIsRefused(String range) throws Exception {
        Answer answer = send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                .header("Repr-Digest", digest(fixture("dwarf/plain")))
                .header("Content-Range", range)
                .PUT(BodyPublishers.ofByteArray(new byte[10])));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("field").asString()).isEqualTo("Content-Range");
    }

    @Test
    void pyroscopesAgentsUploadInThreeCallsOfJson() throws Exception {
        String calls = "/debuginfo.v1alpha1.DebuginfoService/";
        Map<String, ?> offer = Map.of("file", Map.of("gnuBuildId", PLAIN, "type", "TYPE_EXECUTABLE_FULL"));
        assertThat(upload(calls + "Upload/" + PLAIN, fixture("dwarf/plain")).status())
                .isEqualTo(412);
        assertThat(post(calls + "ShouldInitiateUpload", offer)
                        .json()
                        .get("shouldInitiateUpload")
                        .asBoolean())
                .isTrue();
        assertThat(post(calls + "ShouldInitiateUpload", offer)
                        .json()
                        .get("reason")
                        .asString())
                .contains("still in-progress");
        Answer early = post(calls + "UploadFinished", Map.of("gnuBuildId", PLAIN));
        assertThat(early.status()).isEqualTo(400);
        assertThat(early.json().get("code").asString()).isEqualTo("failed_precondition");
        assertThat(upload(calls + "Upload/" + PLAIN, fixture("dwarf/plain")).status())
                .isEqualTo(200);
        assertThat(post(calls + "UploadFinished", Map.of("gnu_build_id", PLAIN)).status())
                .isEqualTo(200);
        assertThat(post(calls + "ShouldInitiateUpload", offer)
                        .json()
                        .get("shouldInitiateUpload")
                        .asBoolean())
                .isFalse();
        assertThat(get("/v1/binaries/" + PLAIN).json().get("outcome").asString())
                .isEqualTo("KNOWN");
    }

    @Test
    void pyroscopesAgentsUploadInThreeCallsOfProtobuf() throws Exception {
        byte[] metadata = message(out -> {
            out.writeString(1, PLAIN);
            out.writeString(4, "plain");
            out.writeEnum(5, 1);
        });
        byte[] asked = proto("ShouldInitiateUpload", message(out -> out.writeByteArray(1, metadata)));
        CodedInputStream answer = CodedInputStream.newInstance(asked);
        assertThat(answer.readTag() >>> 3).isEqualTo(1);
        assertThat(answer.readBool()).isTrue();
        upload("/debuginfo.v1alpha1.DebuginfoService/Upload/" + PLAIN, fixture("dwarf/plain"));
        assertThat(proto("UploadFinished", message(out -> out.writeString(1, PLAIN))))
                .isEmpty();
    }

    @Test
    void aBrokenProtobufMessageIsTold() {
        Answer answer = send(request("/debuginfo.v1alpha1.DebuginfoService/ShouldInitiateUpload")
                .header("Content-Type", "application/proto")
                .POST(BodyPublishers.ofByteArray(new byte[] {10, 127, 1})));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("code").asString()).isEqualTo("invalid_argument");
    }

    @Test
    void manyBinariesArePreparedAtOnce() throws Exception {
        upload(PLAIN, "executable", fixture("dwarf/plain"));
        Answer accepted = post("/v1/binaries/prewarm", Map.of("buildIds", List.of(PLAIN, PLAIN, ALTERNATE)));
        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.json().get("accepted").asInt()).isEqualTo(2);
        await().until(() ->
                get("/v1/binaries/" + PLAIN).json().get("names").asString().equals("INDEX"));
        assertThat(post("/v1/binaries/prewarm", Map.of()).status()).isEqualTo(400);
    }

    @Test
    void binariesPageByPage() {
        stackThrough("0a", "0x1");
        stackThrough("0b", "0x1");
        stackThrough("0b", "0x2");
        JsonNode page = get("/v1/binaries?after=09&limit=1").json();
        assertThat(page.at("/binaries/0/buildId").asString()).isEqualTo("0a");
        JsonNode next =
                get("/v1/binaries?limit=1&after=" + page.get("next").asString()).json();
        assertThat(next.at("/binaries/0/buildId").asString()).isEqualTo("0b");
        JsonNode missing = get("/v1/binaries?missing=true&limit=1000").json().get("binaries");
        assertThat(position(missing, "0b")).isLessThan(position(missing, "0a"));
        assertThat(get("/v1/binaries?missing=true&after=0a").status()).isEqualTo(400);
        assertThat(get("/v1/binaries?limit=0").status()).isEqualTo(400);
        assertThat(get("/v1/binaries/0badc0de").status()).isEqualTo(404);
    }

    private static int position(JsonNode binaries, String buildId) {
        for (int i = 0; i < binaries.size(); i++) {
            if (binaries.get(i).get("buildId").asString().equals(buildId)) {
                return i;
            }
        }
        return Integer.MAX_VALUE;
    }

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    private byte[] proto(String call, byte[] message) {
        Answer answer = send(request("/debuginfo.v1alpha1.DebuginfoService/" + call)
                .header("Content-Type", "application/proto")
                .POST(BodyPublishers.ofByteArray(message)));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/proto");
        return answer.response().body().getBytes(StandardCharsets.UTF_8);
    }

    private Answer upload(String path, byte[] file) {
        return send(request(path).POST(BodyPublishers.ofByteArray(file)));
    }

    private Answer upload(String buildId, String kind, byte[] file) {
        return send(request("/v1/binaries/%s/%s".formatted(buildId, kind)).PUT(BodyPublishers.ofByteArray(file)));
    }

    private java.net.http.HttpRequest.Builder pieceRequest(byte[] file, int from, int to) throws Exception {
        return request("/v1/binaries/%s/executable".formatted(PLAIN))
                .header("Repr-Digest", digest(file))
                .header("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, file.length));
    }

    private Answer piece(byte[] file, int from, int to) throws Exception {
        return send(pieceRequest(file, from, to).PUT(BodyPublishers.ofByteArray(Arrays.copyOfRange(file, from, to))));
    }

    private long offset(byte[] file) throws Exception {
        return send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                        .header("Repr-Digest", digest(file))
                        .method("HEAD", BodyPublishers.noBody()))
                .response()
                .headers()
                .firstValueAsLong("Upload-Offset")
                .orElse(0);
    }

    private String detail(int status, byte[] body) {
        Answer answer = upload(PLAIN, "executable", body);
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
        return answer.json().get("detail").asString();
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

    private JsonNode leaf(String stack) {
        return get("/v1/stacks/" + stack).json().at("/frames/0");
    }

    private List<String> missing() {
        return get("/v1/binaries?missing=true&limit=1000")
                .json()
                .get("binaries")
                .valueStream()
                .map(binary -> binary.get("buildId").asString())
                .toList();
    }

    private void assertNothingIsHeld(String buildId) throws IOException {
        Answer answer = get("/v1/binaries/" + buildId);
        if (answer.status() == 200) {
            assertThat(answer.json().get("artifacts")).isEmpty();
        }
        assertThat(filesHeld()).isEmpty();
    }

    /// Everything in the store's folder but its lock.
    private List<Path> filesHeld() throws IOException {
        try (Stream<Path> files = Files.walk(cache.resolve("files"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().contains("lock"))
                    .toList();
        }
    }

    private static byte[] fixture(String name) throws IOException {
        return Files.readAllBytes(Fixtures.path("binaries/" + name));
    }

    private static byte[] debugFile() throws IOException {
        return Files.readAllBytes(Fixtures.path("binaries/debug-tree/.build-id/bf/" + SPLIT.substring(2) + ".debug"));
    }

    /// The same binary, its `.debug_info` renamed away, as a tool that drops it would leave the rest.
    private static byte[] withoutDebugInformation() throws IOException {
        byte[] file = fixture("dwarf/plain");
        byte[] name = ".debug_info\0".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i + name.length <= file.length; i++) {
            if (Arrays.equals(file, i, i + name.length, name, 0, name.length)) {
                file[i + 1] = 'x';
            }
        }
        return file;
    }

    private static String sha256(byte[] file) throws Exception {
        return java.util.HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(file));
    }

    private static String digest(byte[] file) throws Exception {
        return "sha-256=:%s:"
                .formatted(Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256").digest(file)));
    }

    private static byte[] gzip(byte[] file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(file);
        }
        return bytes.toByteArray();
    }
}
