package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Uploads that announce much, stop early and may go on later: what they hold is bounded and is the first to
/// go.
class CutOffUploadsAttackTest extends AttackedServer {
    private static final String ID = "30c9879257ed19cfa469ff85aae7984a6a88be23";
    private static final long MIB = 1 << 20;
    private static final long QUOTA = 128 * MIB;
    private static final int UPLOADS = 24;

    @ParameterizedTest
    @CsvSource({
        "-Xmx256m, 4, one",
        "-Xmx256m, 12582912, one",
        "-Xmx256m, 12582912, invented",
        "-Xmx512m, 4, one",
        "-Xmx512m, 12582912, one",
        "-Xmx512m, 12582912, invented"
    })
    void leaveSpaceForHonestFiles(String heap, int sent, String senders) throws Exception {
        try (ChildServer server = start(
                heap,
                "--stackmapd.artifacts.quota=128MB",
                "--stackmapd.artifacts.free-percent=0",
                "--stackmapd.artifacts.max-file=100MB")) {
            String stack = namedByAnIndex();
            for (int i = 0; i < UPLOADS; i++) {
                cutOff(i, sent, senders.equals("one") ? "attacker" : "attacker" + i);
            }
            await().until(() -> bytesArriving() <= QUOTA / 2);
            assertThat(indexes()).hasSize(1);

            byte[] large = Arrays.copyOf(fixture(), (int) (100 * MIB - 1));
            assertThat(put("executable", large).status()).isIn(200, 201);
            assertThat(leaf(stack)).isEqualTo("KNOWN");
            await().until(() -> indexes().size() == 1);
            assertHonestRequestsAreServed(server);
        }
    }

    /// An index is made of what an honest client has sent.
    private String namedByAnIndex() throws IOException {
        assertThat(put("debuginfo", fixture()).status()).isEqualTo(201);
        assertThat(put("executable", fixture()).status()).isEqualTo(201);
        String stack = post(
                        "/v1/batches",
                        Map.of("stacks", List.of(Map.of("frames", List.of(Map.of("buildId", ID, "offset", "0x1010"))))))
                .json()
                .at("/ids/0")
                .asString();
        assertThat(leaf(stack)).isEqualTo("KNOWN");
        await().until(() -> indexes().size() == 1);
        return stack;
    }

    private String leaf(String stack) {
        return get("/v1/stacks/" + stack).json().at("/frames/0/outcome").asString();
    }

    private Answer put(String kind, byte[] file) {
        return send(request("/v1/binaries/%s/%s".formatted(ID, kind)).PUT(BodyPublishers.ofByteArray(file)));
    }

    private static byte[] fixture() throws IOException {
        return Files.readAllBytes(Fixtures.path("binaries/dwarf/plain"));
    }

    private void cutOff(int number, int sent, String sender) throws IOException {
        byte[] digest = new byte[32];
        digest[0] = (byte) number;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(String.join(
                            "\r\n",
                            "PUT /v1/binaries/%040x/executable HTTP/1.1".formatted(number + 1),
                            "Host: localhost",
                            "Content-Length: " + 30 * MIB,
                            "X-Stackmapd-Sender: " + sender,
                            "Repr-Digest: sha-256=:%s:"
                                    .formatted(Base64.getEncoder().encodeToString(digest)),
                            "",
                            "")
                    .getBytes(StandardCharsets.US_ASCII));
            byte[] bytes = new byte[sent];
            System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F'}, 0, bytes, 0, 4);
            out.write(bytes);
        } catch (IOException e) {
            // It was refused before all was sent.
        }
    }

    private long bytesArriving() throws IOException {
        long bytes = 0;
        for (Path file : files("artifacts/files/v1/incoming")) {
            bytes += Files.exists(file) ? Files.size(file) : 0;
        }
        return bytes;
    }

    private List<Path> indexes() throws IOException {
        return files("artifacts/indexes").stream()
                .filter(file -> file.toString().endsWith(".index"))
                .toList();
    }

    private List<Path> files(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve(folder))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
