package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.fixtures.RawSection;
import dev.stackmapd.fixtures.RawSegment;
import dev.stackmapd.fixtures.RawSymbol;
import dev.stackmapd.fixtures.SectionField;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Small requests that cost much. After each attack the service is alive and serves honest requests.
class AttacksTest extends AttackedServer {
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx512m"})
    void bodiesThatInflate(String heap) throws Exception {
        byte[] message = gzip("{\"a\": [", "[],", 20 << 20, "[]]}");
        byte[] frames = gzip("{\"frames\": [", "{},", 10_000_000, "{}]}");
        byte[] ids = gzip("{\"buildIds\": [", "\"0a\",", 8_000_000, "\"0a\"]}");
        byte[] names = gzip("{\"ids\": [", "\"\",", 10_000_000, "\"\"]}");
        String calls = "/debuginfo.v1alpha1.DebuginfoService";
        try (ChildServer server = start(heap)) {
            for (Callable<Integer> attack : List.<Callable<Integer>>of(
                    () -> postGzip(calls + "/ShouldInitiateUpload", message).status(),
                    () -> postGzip(calls + "/UploadFinished", message).status(),
                    () -> postGzip("/v1/symbolize", frames).status(),
                    () -> postGzip("/v1/binaries/prewarm", ids).status(),
                    () -> postGzip("/v1/stacks/query", names).status(),
                    () -> postGzip("/v1/upstreams/reset", message).status())) {
                assertThat(atOnce(attack)).allMatch(status -> status == 413 || status == 503);
                assertHonestRequestsAreServed(server);
            }
        }
    }

    /// Batches that the store has no space for, after their build-ids were numbered: 1.2 million ids, more than
    /// there can be numbers, and fewer in each batch than there are at these heaps.
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx512m"})
    void inventedBuildIds(String heap) throws Exception {
        try (ChildServer server = start(heap, "--stackmapd.store.max-bytes=1MB")) {
            for (int batch = 0; batch < 60; batch++) {
                Answer refused = postGzip("/v1/batches", invented(batch, 20_000));
                assertThat(refused.status()).isEqualTo(507);
                assertThat(refused.json().get("detail").asString()).doesNotContain("build-id");
            }
            assertHonestRequestsAreServed(server);
        }
    }

    /// As many connections as there are places drip, for longer than a body may be slow.
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx512m"})
    void drippingBodies(String heap) throws Exception {
        try (ChildServer server = start(heap);
                ExecutorService drippers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Socket> sockets = new ArrayList<>();
            List<Future<Integer>> dripped = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                sockets.add(socket);
                String line = i % 2 == 0 ? "POST /v1/batches" : "PUT /v1/binaries/0a/dwp";
                dripped.add(drippers.submit(() -> drip(socket, line)));
            }
            assertHonestRequestsAreServed(server);
            for (Future<Integer> bytes : dripped) {
                assertThat(bytes.get()).as("bytes until it was refused").isLessThan(1_000);
            }
            for (Socket socket : sockets) {
                socket.close();
            }
            assertHonestRequestsAreServed(server);
        }
    }

    /// One sender's large bodies come fast until they have filled what it may have, and then as slowly as a
    /// body may. It has an address of its own, as senders of a network have.
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx512m"})
    void bodiesThatStopBeforeTheirEnd(String heap) throws Exception {
        try (ChildServer server = start(heap);
                ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                sockets.add(linger(senders, "POST /v1/batches", 15_000_000));
            }
            // As many as there are places for uploads.
            for (int i = 0; i < 32; i++) {
                sockets.add(linger(senders, "PUT /v1/binaries/%02x/dwp".formatted(i + 1), 0));
            }
            Thread.sleep(2_000);
            for (int i = 0; i < 5; i++) {
                assertHonestRequestsAreServed(server);
                assertThat(send(request("/v1/binaries/0a/dwp").PUT(BodyPublishers.ofString("no file")))
                                .status())
                        .isEqualTo(422);
                Thread.sleep(500);
            }
            for (Socket socket : sockets) {
                socket.close();
            }
            assertHonestRequestsAreServed(server);
        }
    }

    private Socket linger(ExecutorService senders, String line, int atOnce) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName("127.0.0.2"), 0);
        var _ = senders.submit(() -> fillAndLinger(socket, line, atOnce));
        return socket;
    }

    private static int fillAndLinger(Socket socket, String line, int atOnce) throws Exception {
        OutputStream out = socket.getOutputStream();
        out.write((line + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 16000000\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(new byte[atOnce]);
        for (int i = 0; i < 20; i++) {
            out.write(new byte[20_000]);
            Thread.sleep(500);
        }
        return 0;
    }

    /// A binary whose one function has a name of 6 MB, asked for many times at once: names are cut, and an answer that
    /// is too large all the same is refused.
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx512m"})
    void namesOfMegabytes(String heap) throws Exception {
        byte[] binary = ElfBuilder.elf64()
                .type(ElfBuilder.ET_EXEC)
                .noteSegment(0x200, RawNote.buildIdOf(20))
                .segment(RawSegment.load(0x1000, 16, 0x401000))
                .bytes(0x1000, new byte[16])
                .section(RawSection.section(".text", RawSection.SHT_PROGBITS, new byte[16])
                        .with(SectionField.SH_FLAGS, 6)
                        .with(SectionField.SH_ADDR, 0x401000))
                .symbols(".symtab", RawSection.SHT_SYMTAB, RawSymbol.function("n".repeat(6 << 20), 0x401000, 16))
                .build();
        String id = HexFormat.of().formatHex(RawNote.countingBytes(20));
        String frame = "{\"buildId\": \"%s\", \"offset\": \"0x1001\"},".formatted(id);
        try (ChildServer server = start(heap)) {
            Answer stored = send(request("/v1/binaries/" + id + "/executable").PUT(BodyPublishers.ofByteArray(binary)));
            assertThat(stored.status()).as(stored.response().body()).isEqualTo(201);
            Answer one = post("/v1/symbolize", frames(frame, 1));
            assertThat(one.json().at("/frames/0/symbols/0/function").asString())
                    .hasSize((64 << 10) + "<truncated>".length())
                    .endsWith("<truncated>");
            assertThat(atOnce(() -> post("/v1/symbolize", frames(frame, 10_000)).status()))
                    .allMatch(status -> status == 413 || status == 503);
            assertHonestRequestsAreServed(server);
        }
    }

    private static String frames(String frame, int count) {
        String all = frame.repeat(count);
        return "{\"frames\": [" + all.substring(0, all.length() - 1) + "]}";
    }

    /// Sends a byte every 100 ms until the service answers or closes.
    ///
    /// @return bytes that were sent
    private static int drip(Socket socket, String line) throws IOException, InterruptedException {
        OutputStream out = socket.getOutputStream();
        out.write((line + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 1000000\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        int sent = 0;
        try {
            while (socket.getInputStream().available() == 0 && sent < 1_000) {
                out.write(' ');
                sent++;
                Thread.sleep(100);
            }
        } catch (IOException e) {
            // The service has closed the connection.
        }
        return sent;
    }

    private static byte[] invented(int batch, int count) throws IOException {
        StringBuilder body = new StringBuilder("{\"stacks\": [");
        for (int i = 0; i < count; i++) {
            // Two frames to a stack: a batch has at most 50,000 stacks.
            body.append(i == 0 ? "" : i % 2 == 0 ? "]}," : ",")
                    .append(i % 2 == 0 ? "{\"frames\": [" : "")
                    .append("{\"buildId\": \"%08x\", \"offset\": 1}".formatted(batch * count + i + 1));
        }
        return gzip(body.append("]}]}").toString());
    }

    private static byte[] gzip(String start, String repeated, int times, String end) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(start.getBytes(StandardCharsets.US_ASCII));
            byte[] many = repeated.repeat(1_000).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < times / 1_000; i++) {
                gzip.write(many);
            }
            gzip.write(end.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }
}
