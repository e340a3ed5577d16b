package dev.stackmapd.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Uploads that stop in the middle, one way or the other, in a process of its own.
class UploadFaultsTest extends LiveServer {
    private static final String PLAIN = "30c9879257ed19cfa469ff85aae7984a6a88be23";
    private static final String SPLIT = "bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2";
    /// As many as the service takes at once from one address.
    private static final int SLOW = 16;

    @TempDir
    Path directory;

    @SuppressWarnings("NullAway.Init") // read before each test
    private byte[] plain;

    @SuppressWarnings("NullAway.Init") // read before each test
    private byte[] stripped;

    @BeforeEach
    void read() throws IOException {
        plain = Files.readAllBytes(Fixtures.path("binaries/dwarf/plain"));
        stripped = Files.readAllBytes(Fixtures.path("binaries/split/stripped"));
    }

    @Test
    void slowOnesKeepNobodyElseWaitingAndLeaveNothing() throws Exception {
        try (ChildServer server = start()) {
            List<Socket> slow = new ArrayList<>();
            for (int i = 0; i < SLOW; i++) {
                slow.add(halfSent(PLAIN, plain));
            }
            await().until(() -> incoming() == SLOW);
            Map<String, String> frame = Map.of("buildId", PLAIN, "offset", "0x1010");
            Answer batch = post("/v1/batches", Map.of("stacks", List.of(Map.of("frames", List.of(frame)))));
            assertThat(batch.status()).isEqualTo(200);
            assertThat(get("/v1/stacks/" + batch.json().at("/ids/0").asString()).status())
                    .isEqualTo(200);
            for (Socket socket : slow) {
                socket.close();
            }
            await().until(() -> incoming() == 0);
            assertThat(upload(PLAIN, plain)).isEqualTo(201);
            assertThat(server.process().isAlive()).isTrue();
        }
    }

    @Test
    void oneThatDiesWithTheServiceIsGoneAtTheNextStart() throws Exception {
        try (ChildServer server = start()) {
            assertThat(upload(PLAIN, plain)).isEqualTo(201);
            try (Socket socket = halfSent(SPLIT, stripped)) {
                await().until(() -> incoming() == 1);
                server.process().destroyForcibly().onExit().join();
                assertThat(socket.isConnected()).isTrue();
            }
        }
        assertThat(incoming()).as("what kill -9 has left").isEqualTo(1);
        try (ChildServer again = start()) {
            assertThat(again.process().isAlive()).isTrue();
            assertThat(incoming()).isZero();
            assertThat(get("/v1/binaries/" + SPLIT).status()).isEqualTo(404);
            assertThat(get("/buildid/" + SPLIT + "/executable").status()).isEqualTo(404);
            assertThat(downloaded(PLAIN)).isEqualTo(plain);
            assertThat(upload(SPLIT, stripped)).isEqualTo(201);
        }
    }

    @Test
    void oneThatThereIsNoRoomForIsRefusedAndNothingIsLost() throws Exception {
        try (ChildServer server = start("--stackmapd.artifacts.quota=256KB")) {
            assertThat(upload(PLAIN, plain)).isEqualTo(201);
            assertThat(upload(SPLIT, Arrays.copyOf(stripped, 512 << 10))).isEqualTo(507);
            assertThat(incoming()).isZero();
            assertThat(downloaded(PLAIN)).isEqualTo(plain);
            assertThat(get("/v1/binaries/" + SPLIT).status()).isEqualTo(404);
            assertThat(upload(SPLIT, stripped)).isEqualTo(201);
            assertThat(server.process().isAlive()).isTrue();
        }
    }

    private ChildServer start(String... arguments) throws IOException {
        ChildServer server = ChildServer.start(directory, List.of(), List.of(arguments));
        port = server.port();
        return server;
    }

    private int upload(String buildId, byte[] file) {
        return send(request("/v1/binaries/%s/executable".formatted(buildId)).PUT(BodyPublishers.ofByteArray(file)))
                .status();
    }

    /// A request whose body has come half, and goes on when the caller likes.
    private Socket halfSent(String buildId, byte[] file) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        OutputStream out = socket.getOutputStream();
        out.write("PUT /v1/binaries/%s/executable HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
                .formatted(buildId, file.length)
                .getBytes(US_ASCII));
        out.write(file, 0, file.length / 2);
        return socket;
    }

    private byte[] downloaded(String buildId) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer = http.send(
                    request("/buildid/" + buildId + "/executable").build(), HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            return answer.body();
        }
    }

    private long incoming() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("artifacts/files/v1/incoming"))) {
            return files.count();
        }
    }
}
