package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bad requests and clients that go away cost the log next to nothing.
class QuietLogTest {
    private static final int ROUNDS = 100;
    private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";

    /// Answered, and not.
    private static final List<String> BAD = List.of(
            "GARBAGE\r\n\r\n",
            "GET /" + HOST + "Bad Header: 1\r\n\r\n",
            "GET /v1/stacks?a=%zz" + HOST + "\r\n",
            "GET /v1/stacks?limit=x" + HOST + "\r\n",
            "GET /v1/stacks" + HOST + "Accept: ;;/\r\n\r\n",
            "PATCH /v1/batches" + HOST + "\r\n",
            "POST /v1/batches" + HOST + "Content-Type: text/plain\r\nContent-Length: 1\r\n\r\n{",
            "POST /v1/batches" + HOST + "Content-Type: /;;\r\nContent-Length: 1\r\n\r\n{",
            "POST /v1/batches" + HOST + JSON + "Content-Length: 1\r\n\r\n{",
            "POST /v1/batches" + HOST + JSON + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
            "POST /v1/batches" + HOST + JSON + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            "POST /v1/stackmaps/none/stacks" + HOST + JSON + "Content-Length: 1\r\n\r\n{",
            "PUT /v1/binaries/0a0b/executable" + HOST + "Content-Length: 4\r\n\r\nabcd");

    private static final List<String> GONE = List.of(
            "POST /v1/batches" + HOST + JSON + "Content-Length: 1000\r\n\r\n{",
            "PUT /v1/binaries/0a0b/executable" + HOST + "Content-Length: 1000\r\n\r\n{",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\u00ff".repeat(100),
            "GET /v3/api-docs" + HOST + "\r\n",
            "GET /actuator/prometheus" + HOST + "\r\n");

    @TempDir
    Path directory;

    @Test
    void whateverClientsDo() throws Exception {
        try (ChildServer server = ChildServer.start(directory, List.of(), List.of("-Xmx256m"))) {
            for (int round = 0; round < ROUNDS; round++) {
                for (String bad : BAD) {
                    ask(server, bad);
                }
                for (String gone : GONE) {
                    leave(server, gone);
                }
            }
            // The last of those that left is dealt with before this one is answered, or soon after.
            ask(server, "GET /v1/stacks" + HOST + "\r\n");
            await().until(() -> log(server).contains("more client errors since the last such line"));
            assertThat(log(server))
                    .doesNotContain("\tat ")
                    .doesNotContain(" WARN ")
                    .doesNotContain(" ERROR ");
            assertThat(log(server).length()).isLessThan(20_000);
        }
    }

    private static String log(ChildServer server) throws IOException {
        return Files.readString(server.log());
    }

    private static void ask(ChildServer server, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getInputStream().readAllBytes();
        } catch (SocketException e) {
            // A reset is an answer too.
        }
    }

    private static void leave(ChildServer server, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            // With unread bytes the connection is reset.
            socket.setSoLinger(true, 0);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        }
    }
}
