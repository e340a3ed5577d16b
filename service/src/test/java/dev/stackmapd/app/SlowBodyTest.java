package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
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
            assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 408");
        }
        assertThat(post("/v1/batches", GOOD).status()).isEqualTo(200);
    }

    /// Reads until the problem's type, not to the end: the server would wait for the rest of the body first.
    private static String answer(InputStream in) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("urn:stackmapd:problem:too-slow") < 0) {
            int next = in.read();
            assertThat(next).as(answer.toString()).isNotNegative();
            answer.append((char) next);
        }
        return answer.toString();
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
