package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/// Connections that send a byte now and then, always before Tomcat's timeout between two bytes, are closed.
@Timeout(60)
@TestPropertySource(properties = "server.tomcat.connection-timeout=2s")
class SlowConnectionsTest extends LiveServer {
    private static final int BETWEEN_BYTES_MILLIS = 300;
    private static final int MOST_BYTES = 100;

    @ParameterizedTest
    @ValueSource(
            strings = {
                // A request line, a header, and the header of a second request.
                "G",
                "GET /v1/stacks HTTP/1.1\r\nHost: localhost\r\nX: ",
                "GET /v1/stacks HTTP/1.1\r\nHost: localhost\r\n\r\nGET /v1/stacks HTTP/1.1\r\nX: ",
                // The rest of bodies that are refused: by the route, by the host, by a limit.
                "POST /none HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n",
                "POST /v1/batches HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 9999999\r\n\r\n",
                "POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 9999999\r\n\r\n"
            })
    void thatDripAreClosed(String begin) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(begin.getBytes(StandardCharsets.US_ASCII));
            assertThat(closedWhileDripping(socket, out)).isTrue();
        }
    }

    /// Writes a byte at a time until the server closes the connection; answers are read away.
    private static boolean closedWhileDripping(Socket socket, OutputStream out) throws Exception {
        socket.setSoTimeout(BETWEEN_BYTES_MILLIS);
        InputStream in = socket.getInputStream();
        try {
            for (int i = 0; i < MOST_BYTES; i++) {
                out.write('a');
                try {
                    while (in.read() >= 0) {
                        // An answer to what was sent before.
                    }
                    return true;
                } catch (SocketTimeoutException e) {
                    // Time for the next byte.
                }
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /// One that waits between requests, with none begun, has Tomcat's own timeout from request to request.
    @Test
    void thatAskAgainAndAgainStay() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            for (int i = 0; i < 8; i++) {
                socket.getOutputStream()
                        .write("GET /v1/stacks HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(line(socket.getInputStream())).isEqualTo("HTTP/1.1 200 ");
                Thread.sleep(400);
                socket.getInputStream().readNBytes(socket.getInputStream().available());
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        while (next >= 0 && next != '\r') {
            line.append((char) next);
            next = in.read();
        }
        return line.toString();
    }
}
