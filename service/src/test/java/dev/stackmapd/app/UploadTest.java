package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.Zstd;
import dev.stackmapd.fixtures.Fixtures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/// `PUT /v1/binaries/{buildId}/{kind}`: files that are taken, and what names come of them.
@ExtendWith(OutputCaptureExtension.class)
class UploadTest extends Uploading {
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

    /// By RFC 9530 the digest of a compressed body is that of the compressed bytes, which are not kept.
    @Test
    void theDigestOfACompressedBodyIsNotTheFiles() throws Exception {
        byte[] body = gzip(fixture("dwarf/plain"));
        Answer answer = send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                .header("Content-Encoding", "gzip")
                .header("Repr-Digest", digest(body))
                .PUT(BodyPublishers.ofByteArray(body)));
        assertThat(answer.status()).isEqualTo(201);
    }

    @Test
    void curlsFormTypeIsNoForm() throws Exception {
        Answer answer = send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .PUT(BodyPublishers.ofByteArray(fixture("dwarf/plain"))));
        assertThat(answer.status()).isEqualTo(201);
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
        assertThat(get("/v1/binaries/" + PLAIN).json().at("/lacking/0/name").asString())
                .isEqualTo(ALTERNATE);
        assertThat(upload(ALTERNATE, "supplementary", fixture("dwarf/dwz-common.debug"))
                        .status())
                .isEqualTo(201);
        assertThat(get("/v1/binaries/" + PLAIN).json().has("lacking")).isFalse();
    }

    /// llvm-symbolizer has three frames at the address when it has the split units, the outermost at geometry.h:25.
    @Test
    void anAnswerSaysWhatItLacksFromTheFilesAndFromTheIndex() throws Exception {
        String stack = stackThrough(SPLIT_UNITS, "0x52b");
        upload(SPLIT_UNITS, "executable", fixture("dwarf/split-clang5/split-clang5"));
        assertLacksMain(leaf(stack));
        await().until(() -> get("/v1/binaries/" + SPLIT_UNITS)
                .json()
                .path("names")
                .asString()
                .equals("INDEX"));
        assertLacksMain(leaf(stack));
        assertThat(get("/v1/binaries/" + SPLIT_UNITS).json().get("lacking")).hasSize(3);

        assertThat(upload(SPLIT_UNITS, "dwp", fixture("dwarf/split-clang5/split-clang5.dwp"))
                        .status())
                .isEqualTo(201);
        JsonNode whole = leaf(stack);
        assertThat(whole.has("lacking")).isFalse();
        assertThat(whole.get("symbols")).hasSize(3);
        assertThat(whole.at("/symbols/2/line").asInt()).isEqualTo(25);
    }

    private static void assertLacksMain(JsonNode frame) {
        assertThat(frame.get("symbols")).hasSize(1);
        assertThat(frame.at("/symbols/0/function").asString())
                .isEqualTo("geometry::Ring<unsigned long, 8>::rotate(unsigned long)");
        assertThat(frame.at("/symbols/0").has("line")).isFalse();
        assertThat(frame.get("lacking")).hasSize(1);
        assertThat(frame.at("/lacking/0/part").asString()).isEqualTo("dwo");
        assertThat(frame.at("/lacking/0/name").asString()).isEqualTo("main.dwo");
        assertThat(frame.at("/lacking/0/reason").asString()).isEqualTo("MISSING");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dwo", "dwp", "debuginfo"})
    void aSplitUnitIsRefusedWithWhatToSendInstead(String kind) throws Exception {
        Answer answer = upload(SPLIT_UNITS, kind, fixture("dwarf/split-clang5/main.dwo"));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("detail").asString()).contains("kind dwp", "llvm-dwp");
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

    private static byte[] debugFile() throws IOException {
        return Files.readAllBytes(Fixtures.path("binaries/debug-tree/.build-id/bf/" + SPLIT.substring(2) + ".debug"));
    }

    private static byte[] gzip(byte[] file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(file);
        }
        return bytes.toByteArray();
    }

    @Test
    void whoHasSentAFileIsShown() throws Exception {
        assertThat(send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                                .header("X-Stackmapd-Sender", "ci \"7\"")
                                .PUT(BodyPublishers.ofByteArray(fixture("dwarf/plain"))))
                        .status())
                .isEqualTo(201);
        Answer held = get("/v1/binaries/" + PLAIN);
        assertThat(held.json().at("/artifacts/0/route").asString()).isEqualTo("put");
        assertThat(held.json().at("/artifacts/0/sender").asString()).isEqualTo("ci \\x227\\x22");
        assertThat(held.json().at("/artifacts/0/size").asString())
                .isEqualTo("0x%x".formatted(fixture("dwarf/plain").length));
        assertThat(held.response().body()).doesNotContain("127.0.0.1");
        try (Stream<Path> files = Files.walk(cache)) {
            Path record = files.filter(file -> file.toString().endsWith("executable.record"))
                    .findFirst()
                    .orElseThrow();
            assertThat(record).content().contains("origin upload PUT 127.0.0.1 ci \\x227\\x22\n");
        }
    }

    @Test
    void aSendersNameIsBounded() throws Exception {
        assertThat(send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                                .header("X-Stackmapd-Sender", "x".repeat(129))
                                .PUT(BodyPublishers.ofByteArray(fixture("dwarf/plain"))))
                        .status())
                .isEqualTo(400);
    }

    /// Whatever the name is, there is one line for an upload and one for a deletion, and none for what is refused.
    @Test
    void uploadsAndDeletionsAreLogged(CapturedOutput output) throws Exception {
        String name = "a\t result=forged";
        String path = "/v1/binaries/%s/executable".formatted(PLAIN);
        send(request(path).header("X-Stackmapd-Sender", name).PUT(BodyPublishers.ofByteArray(fixture("dwarf/plain"))));
        send(request(path).header("X-Stackmapd-Sender", name).PUT(BodyPublishers.ofByteArray(fixture("dwarf/plain"))));
        send(request(path).header("X-Stackmapd-Sender", name).PUT(BodyPublishers.ofString("no ELF")));
        send(request(path).header("Repr-Digest", digest(fixture("dwarf/plain"))).PUT(BodyPublishers.noBody()));
        send(request(path)
                .header("Repr-Digest", digest(new byte[1]))
                .PUT(BodyPublishers.ofByteArray(fixture("sizes"))));
        send(request(path).header("X-Stackmapd-Sender", name).DELETE());
        delete(path);
        assertThat(output.getOut().lines().filter(line -> line.contains("dev.stackmapd.audit")))
                .map(line -> line.substring(line.indexOf(" : ") + 3))
                .containsExactly(
                        line(
                                sha256(fixture("dwarf/plain")),
                                fixture("dwarf/plain").length,
                                "stored",
                                "a\\x09 result=forged"),
                        line(
                                sha256(fixture("dwarf/plain")),
                                fixture("dwarf/plain").length,
                                "already_held",
                                "a\\x09 result=forged"),
                        line(sha256(fixture("dwarf/plain")), 0, "already_held", ""),
                        "delete build-id=%s kind=executable address=127.0.0.1 sender=\"a\\x09 result=forged\""
                                .formatted(PLAIN));
    }

    private static String line(String sha256, int bytes, String result, String sender) {
        return "upload build-id=%s kind=executable sha256=%s bytes=%d result=%s route=put address=127.0.0.1 sender=\"%s\""
                .formatted(PLAIN, sha256, bytes, result, sender);
    }
}
