package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Whatever is sent: a 4xx problem that says what and where, nothing kept of it, and the next request is served.
class BadInputTest extends LiveServer {
    private static final String GOOD = """
            {"processes": [{"pid": 1, "maps": "00400000-00401000 r-xp 00000000 00:00 0 \\n"}],
             "stacks": [{"process": 0, "ips": ["0x400123"]}]}""";

    @AfterEach
    void theNextRequestIsServed() {
        assertThat(post("/v1/batches", GOOD).status()).isEqualTo(200);
    }

    static Stream<Arguments> refusedBatches() {
        return Stream.of(
                Arguments.of("cut off", "{\"stacks\": [", ""),
                Arguments.of("not JSON", "{\"stacks\": [}", ""),
                Arguments.of("empty", "", ""),
                Arguments.of("an array", "[]", ""),
                Arguments.of("null", "null", ""),
                Arguments.of("more after the end", "{\"stacks\": []} {}", ""),
                Arguments.of("no stacks", "{}", "stacks"),
                Arguments.of("stacks is an object", "{\"stacks\": {}}", "stacks"),
                Arguments.of("a stack is a number", "{\"stacks\": [1]}", "stacks[0]"),
                Arguments.of("neither ips nor frames", stack("\"process\": 0"), "stacks[0]"),
                Arguments.of(
                        "ips and id",
                        stack("\"process\":0,\"ips\":[\"0x1\"],\"id\":\"" + "0".repeat(32) + "\""),
                        "stacks[0].id"),
                Arguments.of(
                        "id and frames", stack("\"id\":\"" + "0".repeat(32) + "\",\"frames\":[]"), "stacks[0].frames"),
                Arguments.of("id of 31 digits", stack("\"id\":\"" + "0".repeat(31) + "\""), "stacks[0].id"),
                Arguments.of("both", stack("\"process\":0,\"ips\":[\"0x1\"],\"frames\":[]"), "stacks[0].frames"),
                Arguments.of("zero frames", stack("\"process\": 0, \"ips\": []"), "stacks[0].ips"),
                Arguments.of("zero translated frames", stack("\"frames\": []"), "stacks[0].frames"),
                Arguments.of("no process", stack("\"ips\": [\"0x1\"]"), "stacks[0].process"),
                Arguments.of("unknown process", stack("\"process\": 1, \"ips\": [\"0x1\"]"), "stacks[0].process"),
                Arguments.of("process −1", stack("\"process\": -1, \"ips\": [\"0x1\"]"), "stacks[0].process"),
                Arguments.of("count 0", stack("\"process\":0,\"ips\":[\"0x1\"],\"count\":0"), "stacks[0].count"),
                Arguments.of("count −1", stack("\"process\":0,\"ips\":[\"0x1\"],\"count\":-1"), "stacks[0].count"),
                Arguments.of(
                        "count over 2^48",
                        stack("\"process\":0,\"ips\":[\"0x1\"],\"count\":281474976710657"),
                        "stacks[0].count"),
                Arguments.of("count 1.5", stack("\"process\":0,\"ips\":[\"0x1\"],\"count\":1.5"), "stacks[0].count"),
                Arguments.of(
                        "count as text", stack("\"process\":0,\"ips\":[\"0x1\"],\"count\":\"1\""), "stacks[0].count"),
                Arguments.of(
                        "17 digits",
                        stack("\"process\":0,\"ips\":[\"0x1\",\"0x12345678901234567\"]"),
                        "stacks[0].ips[1]"),
                Arguments.of("no digits", stack("\"process\":0,\"ips\":[\"0x\"]"), "stacks[0].ips[0]"),
                Arguments.of("no prefix", stack("\"process\":0,\"ips\":[\"401000\"]"), "stacks[0].ips[0]"),
                Arguments.of("not hex", stack("\"process\":0,\"ips\":[\"0x40g0\"]"), "stacks[0].ips[0]"),
                Arguments.of("negative ip", stack("\"process\":0,\"ips\":[-1]"), "stacks[0].ips[0]"),
                Arguments.of("ip 2^64", stack("\"process\":0,\"ips\":[18446744073709551616]"), "stacks[0].ips[0]"),
                Arguments.of("ip null", stack("\"process\":0,\"ips\":[null]"), "stacks[0].ips[0]"),
                Arguments.of("ip 1e3", stack("\"process\":0,\"ips\":[1e3]"), "stacks[0].ips[0]"),
                Arguments.of("frame of nothing", stack("\"frames\":[{}]"), "stacks[0].frames[0]"),
                Arguments.of(
                        "frame of both",
                        stack("\"frames\":[{\"buildId\":\"0a\",\"offset\":\"0x1\",\"ip\":\"0x1\"}]"),
                        "stacks[0].frames[0]"),
                Arguments.of(
                        "odd build-id",
                        stack("\"frames\":[{\"buildId\":\"0ab\",\"offset\":1}]"),
                        "stacks[0].frames[0].buildId"),
                Arguments.of(
                        "build-id of 65 bytes",
                        stack("\"frames\":[{\"buildId\":\"" + "ab".repeat(65) + "\",\"offset\":1}]"),
                        "stacks[0].frames[0].buildId"),
                Arguments.of(
                        "path as build-id",
                        stack("\"frames\":[{\"buildId\":\"../../etc\",\"offset\":1}]"),
                        "stacks[0].frames[0].buildId"),
                Arguments.of("time", stack("\"process\":0,\"ips\":[1],\"time\":\"yesterday\""), "stacks[0].time"),
                Arguments.of("batchId too long", "{\"batchId\":\"" + "x".repeat(129) + "\",\"stacks\":[]}", "batchId"),
                Arguments.of("batchId unprintable", "{\"batchId\":\"a\\u0007\",\"stacks\":[]}", "batchId"),
                Arguments.of("pid 0", "{\"processes\":[{\"pid\":0}],\"stacks\":[]}", "processes[0].pid"),
                Arguments.of("maps is a list", "{\"processes\":[{\"maps\":[]}],\"stacks\":[]}", "processes[0].maps"),
                Arguments.of(
                        "label name",
                        "{\"processes\":[{\"labels\":{\"a b\":\"c\"}}],\"stacks\":[]}",
                        "processes[0].labels.a b"),
                Arguments.of(
                        "label value too long",
                        "{\"processes\":[{\"labels\":{\"a\":\"" + "x".repeat(257) + "\"}}],\"stacks\":[]}",
                        "processes[0].labels.a"),
                Arguments.of(
                        "head is not base64",
                        "{\"processes\":[{\"binaries\":[{\"path\":\"/a\",\"head\":\"~~\"}]}],\"stacks\":[]}",
                        ""),
                Arguments.of(
                        "an inode alone",
                        "{\"processes\":[{\"binaries\":[{\"inode\":7,\"buildId\":\"aa\"}]}],\"stacks\":[]}",
                        "processes[0].binaries[0]"),
                Arguments.of(
                        "a device alone",
                        "{\"processes\":[{\"binaries\":[{\"dev\":\"fe:00\",\"buildId\":\"aa\"}]}],\"stacks\":[]}",
                        "processes[0].binaries[0]"),
                Arguments.of("given twice", "{\"stacks\": [], \"stacks\": []}", ""),
                Arguments.of(
                        "nested too deep",
                        "{\"x\":" + "[".repeat(2_000) + "]".repeat(2_000) + ",\"stacks\":[]}",
                        "x" + "[0]".repeat(63)),
                Arguments.of(
                        "no maps",
                        "{\"processes\":[{\"pid\":1}],\"stacks\":[{\"process\":0,\"ips\":[1]}]}",
                        "processes[0].maps"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedBatches")
    void isRefused(String what, String body, String field) {
        Answer answer = post("/v1/batches", body);
        assertThat(answer.status()).as(answer.response().body()).isBetween(400, 499);
        JsonNode problem = isProblem(answer);
        assertThat(problem.path("field").asString("")).isEqualTo(field);
    }

    @Test
    void tenMegabytesOfMaps() {
        String line = "7f0000000000-7f0000001000 r-xp 00000000 fe:00 1 /usr/lib/x.so\\n";
        String body = "{\"processes\":[{\"maps\":\"" + line.repeat((10 << 20) / line.length()) + "\"}],\"stacks\":[]}";
        Answer answer = post("/v1/batches", body);
        assertThat(answer.status()).isEqualTo(413);
        assertThat(isProblem(answer).path("field").asString()).isEqualTo("processes[0].maps");
    }

    @Test
    void tooManyLinesOfMaps() {
        String body = "{\"processes\":[{\"maps\":\"" + "\\n".repeat(70_000) + "\"}],\"stacks\":[]}";
        Answer answer = post("/v1/batches", body);
        assertThat(answer.status()).isEqualTo(413);
        assertThat(isProblem(answer).path("field").asString()).isEqualTo("processes[0].maps");
    }

    @Test
    void aMillionFrames() {
        String body = stack("\"process\":0,\"ips\":[1" + ",1".repeat(999_999) + "]");
        Answer answer = post("/v1/batches", body);
        assertThat(answer.status()).isEqualTo(413);
        assertThat(isProblem(answer).path("field").asString()).startsWith("stacks[0].ips");
    }

    @Test
    void tooManyStacks() {
        String one = "{\"process\":0,\"ips\":[1]},";
        String body =
                "{\"processes\":[{\"maps\":\"\"}],\"stacks\":[" + one.repeat(50_000) + "{\"process\":0,\"ips\":[1]}]}";
        Answer answer = post("/v1/batches", body);
        assertThat(answer.status()).isEqualTo(413);
        assertThat(isProblem(answer).path("field").asString()).isEqualTo("stacks");
    }

    @Test
    void aBodyOverTheLimit() {
        byte[] spaces = new byte[17 << 20];
        Arrays.fill(spaces, (byte) ' ');
        Answer answer = send(request("/v1/batches")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(spaces)));
        assertThat(answer.status()).isEqualTo(413);
        isProblem(answer);
    }

    @Test
    void aGzipBomb() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bomb)) {
            byte[] spaces = new byte[1 << 20];
            Arrays.fill(spaces, (byte) ' ');
            for (int i = 0; i < 200; i++) {
                gzip.write(spaces);
            }
        }
        assertThat(encoded("gzip", bomb.toByteArray()).status()).isEqualTo(413);
    }

    /// The JDK's inflater calls itself once for each member of a gzip body that is empty.
    @Test
    void emptyMembersWithoutEnd() throws IOException {
        ByteArrayOutputStream empty = new ByteArrayOutputStream();
        new GZIPOutputStream(empty).close();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < 100_000; i++) {
            body.write(empty.toByteArray());
        }
        Answer answer = encoded("gzip", body.toByteArray());
        assertThat(answer.status()).isEqualTo(400);
        assertThat(isProblem(answer).path("detail").asString()).contains("empty members");
    }

    @Test
    void aBodyOfSeveralMembersIsOne() throws IOException {
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (String part : GOOD.split("(?<=,)", -1)) {
            try (OutputStream gzip = new GZIPOutputStream(members)) {
                gzip.write(part.getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(encoded("gzip", members.toByteArray()).status()).isEqualTo(200);
    }

    @Test
    void aZstdBomb() {
        byte[] spaces = new byte[200 << 20];
        Arrays.fill(spaces, (byte) ' ');
        assertThat(encoded("zstd", Zstd.compress(spaces)).status()).isEqualTo(413);
    }

    @Test
    void compressedBodiesThatAreCutOrDamaged() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(GOOD.getBytes(StandardCharsets.UTF_8));
        }
        byte[] gzip = zipped.toByteArray();
        byte[] zstd = Zstd.compress(GOOD.getBytes(StandardCharsets.UTF_8));
        assertThat(encoded("gzip", gzip).status()).isEqualTo(200);
        assertThat(encoded("zstd", zstd).status()).isEqualTo(200);
        for (int cut : new int[] {0, 1, 9, 20, gzip.length - 9}) {
            assertThat(encoded("gzip", Arrays.copyOf(gzip, cut)).status())
                    .as("gzip cut to %d", cut)
                    .isEqualTo(400);
        }
        for (int cut : new int[] {0, 1, 5, zstd.length - 1}) {
            assertThat(encoded("zstd", Arrays.copyOf(zstd, cut)).status())
                    .as("zstd cut to %d", cut)
                    .isEqualTo(400);
        }
        assertThat(encoded("gzip", zstd).status()).isEqualTo(400);
        assertThat(encoded("br", gzip).status()).isEqualTo(415);
        assertThat(encoded("gzip, gzip", gzip).status()).isEqualTo(415);
    }

    @Test
    void invalidUtf8() {
        byte[] body = GOOD.replace("r-xp", "r-x?").getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < body.length; i++) {
            if (body[i] == '?') {
                body[i] = (byte) 0xff;
            }
        }
        Answer answer = send(request("/v1/batches")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body)));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(isProblem(answer).path("line").asInt()).isEqualTo(1);
    }

    @Test
    void wrongContentTypeMethodAndPath() {
        assertThat(send(request("/v1/batches")
                                .header("Content-Type", "text/plain")
                                .POST(BodyPublishers.ofString(GOOD)))
                        .status())
                .isEqualTo(415);
        assertThat(get("/v1/batches").status()).isEqualTo(405);
        assertThat(get("/v1/nothing").status()).isEqualTo(404);
        assertThat(isProblem(get("/v1/nothing")).path("status").asInt()).isEqualTo(404);
        assertThat(post("/v1/batches?dryRun=true", GOOD).status()).isEqualTo(400);
        assertThat(isProblem(get("/v1/stacks?limt=1")).path("field").asString()).isEqualTo("limt");
    }

    /// A value of another JSON type is refused rather than converted.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "maxEntries | {\"maxEntries\": \"8\", \"depth\": 127, \"buildId\": false}",
                "maxEntries | {\"maxEntries\": 8.5, \"depth\": 127, \"buildId\": false}",
                "buildId | {\"maxEntries\": 8, \"depth\": 127, \"buildId\": 0}",
                "buildId | {\"maxEntries\": 8, \"depth\": 127, \"buildId\": \"false\"}"
            })
    void valuesOfAnotherType(String field, String attributes) {
        Answer answer = put("/v1/stackmaps/coerced", attributes);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(isProblem(answer).path("field").asString()).isEqualTo(field);
    }

    @Test
    void callSitesThatAreNoBoolean() {
        for (String value : List.of("0", "1", "\"true\"")) {
            Answer answer = post("/v1/symbolize", "{\"frames\": [], \"callSites\": " + value + "}");
            assertThat(answer.status()).as(value).isEqualTo(400);
            assertThat(isProblem(answer).path("field").asString()).isEqualTo("callSites");
        }
    }

    @Test
    void badIdsAndCursors() {
        assertThat(get("/v1/stacks/xyz").status()).isEqualTo(400);
        assertThat(get("/v1/stacks/" + "0".repeat(32)).status()).isEqualTo(404);
        assertThat(get("/v1/stacks/" + "A".repeat(32)).status()).isEqualTo(400);
        assertThat(get("/v1/stacks?after=1").status()).isEqualTo(400);
        assertThat(get("/v1/stacks?limit=0").status()).isEqualTo(400);
        assertThat(get("/v1/stacks?limit=ten").status()).isEqualTo(400);
        assertThat(get("/v1/stacks/" + "0".repeat(32) + "?symbols=perhaps").status())
                .isEqualTo(400);
        assertThat(post("/v1/stacks/query", "{}").status()).isEqualTo(400);
        assertThat(post("/v1/stacks/query", "{\"ids\": [\"x\"]}").status()).isEqualTo(400);
        assertThat(post("/v1/stacks/query", "{\"ids\": [null]}").status()).isEqualTo(400);
        assertThat(isProblem(post("/v1/stacks/query", "{\"ids\": 7}"))
                        .path("field")
                        .asString())
                .isEqualTo("ids");
        assertThat(post("/v1/symbolize", "{\"frames\": [{\"buildId\": \"zz\", \"offset\": \"0x1\"}]}")
                        .status())
                .isEqualTo(400);
        assertThat(post("/v1/symbolize", "{\"frames\": [{\"buildId\": \"0a\", \"offset\": \"x1\"}]}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aBodyThatStopsHalfWay() throws IOException {
        byte[] body = GOOD.getBytes(StandardCharsets.UTF_8);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Connection: close\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body, 0, body.length / 2);
            out.flush();
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json");
        }
    }

    private Answer encoded(String encoding, byte[] body) {
        return send(request("/v1/batches")
                .header("Content-Type", "application/json")
                .header("Content-Encoding", encoding)
                .POST(BodyPublishers.ofByteArray(body)));
    }

    private static JsonNode isProblem(Answer answer) {
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        JsonNode problem = answer.json();
        assertThat(problem.path("status").asInt()).isEqualTo(answer.status());
        assertThat(problem.path("title").asString()).isNotBlank();
        assertThat(problem.path("detail").asString()).isNotBlank();
        assertThat(answer.response().body()).doesNotContain("tools.jackson", "java.", "dev.stackmapd", "Exception");
        return problem;
    }

    private static String stack(String fields) {
        return "{\"processes\": [{\"maps\": \"\"}], \"stacks\": [{" + fields + "}]}";
    }
}
