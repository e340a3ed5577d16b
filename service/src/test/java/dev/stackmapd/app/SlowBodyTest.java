package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/// A body that drips in gives its place back.
@TestPropertySource(properties = {"stackmapd.ingest.max-body-time=200ms", "stackmapd.ingest.max-concurrent=1"})
class SlowBodyTest extends LiveServer {
    private static final String GOOD =
            "{\"processes\": [{\"maps\": \"\"}], \"stacks\": [{\"process\": 0, \"ips\": [1]}]}";

    @Test
    void isRefusedAndTheNextBatchIsTaken() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write("""
                    POST /v1/batches HTTP/1.1\r
                    Host: localhost\r
                    Content-Type: application/json\r
                    Connection: close\r
                    Content-Length: 1000000\r
                    \r
                    """.getBytes(StandardCharsets.US_ASCII));
            drip(out, socket);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 408").contains("urn:stackmapd:problem:too-slow");
        }
        assertThat(post("/v1/batches", GOOD).status()).isEqualTo(200);
    }

    /// Writes blanks one by one until there is an answer.
    private static void drip(OutputStream out, Socket socket) throws IOException {
        try {
            while (socket.getInputStream().available() == 0) {
                out.write(' ');
                out.flush();
            }
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("Broken pipe");
        }
    }
}
