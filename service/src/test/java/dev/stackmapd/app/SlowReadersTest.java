package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/// Clients of the debuginfod routes that take their time, over real sockets. A file stays on the disk until
/// its last byte has been handed over, and no longer.
@TestPropertySource(properties = "stackmapd.artifacts.max-file=64MB")
class SlowReadersTest extends Uploading {
    /// More than the buffers of both sockets hold.
    private static final int SIZE = 24 << 20;

    private static final int SECONDS = 12;

    /// A program and bytes behind everything that ELF speaks of.
    private static byte[] large() throws IOException {
        byte[] file = fixture("dwarf/plain");
        byte[] large = Arrays.copyOf(file, SIZE);
        for (int i = file.length; i < SIZE; i++) {
            large[i] = (byte) (i * 31 + (i >> 12));
        }
        return large;
    }

    private Socket ask(String path) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream()
                .write("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                        .formatted(path)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            head.write(in.read());
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private List<Path> contents() throws IOException {
        return filesHeld().stream()
                .filter(file -> !file.toString().endsWith(".record"))
                .toList();
    }

    @Test
    void aFileThatIsDeletedMeanwhileIsServedToItsLastByte() throws Exception {
        byte[] large = large();
        assertThat(upload(PLAIN, "executable", large).status()).isEqualTo(201);
        try (Socket socket = ask("/buildid/%s/executable".formatted(PLAIN))) {
            InputStream in = new BufferedInputStream(socket.getInputStream(), 16);
            assertThat(head(in)).startsWith("HTTP/1.1 200");
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.write(in.read());
            assertThat(delete("/v1/binaries/%s/executable".formatted(PLAIN)).status())
                    .isEqualTo(204);
            for (int second = 0; second < SECONDS; second++) {
                Thread.sleep(1_000);
                body.write(in.read());
                assertThat(contents()).as("after %d seconds", second).hasSize(1);
            }
            in.transferTo(body);
            assertThat(body.toByteArray()).isEqualTo(large);
        }
        await().until(() -> contents().isEmpty());
        await().until(() -> bytesHeld() == 0);
    }

    @Test
    void aClientThatGoesAwayHoldsNothing() throws Exception {
        assertThat(upload(PLAIN, "executable", large()).status()).isEqualTo(201);
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Socket socket = ask("/buildid/%s/%s".formatted(PLAIN, i % 2 == 0 ? "executable" : "debuginfo"));
            assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 200");
            sockets.add(socket);
        }
        assertThat(delete("/v1/binaries/%s/executable".formatted(PLAIN)).status())
                .isEqualTo(204);
        assertThat(contents()).hasSize(1);
        for (Socket socket : sockets) {
            socket.close();
        }
        await().until(() -> contents().isEmpty());
        await().until(() -> bytesHeld() == 0);
    }

    private double bytesHeld() {
        return get("/actuator/prometheus")
                .response()
                .body()
                .lines()
                .filter(line -> line.startsWith("stackmapd_artifacts_bytes"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }
}
