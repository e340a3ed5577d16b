package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Uploads that come in pieces, or go on where they were cut off.
class UploadInPiecesTest extends Uploading {
    @Test
    void aFileMayComeInPieces() throws Exception {
        byte[] file = fixture("dwarf/plain");
        int half = file.length / 2;
        Answer first = piece(file, 0, half);
        assertThat(first.status()).isEqualTo(202);
        assertThat(first.response().headers().firstValue("Upload-Offset")).contains(String.valueOf(half));
        assertThat(offset(file)).isEqualTo(half);
        Answer wrong = piece(file, half + 1, file.length);
        assertThat(wrong.status()).isEqualTo(409);
        assertThat(wrong.json().get("offset").asString()).isEqualTo("0x" + Integer.toHexString(half));
        Answer last = piece(file, half, file.length);
        assertThat(last.status()).isEqualTo(201);
        assertThat(last.json().at("/artifact/sha256").asString()).isEqualTo(sha256(file));
        assertThat(offset(file)).isEqualTo(file.length);
    }

    @Test
    void anUploadThatWasCutOffGoesOn() throws Exception {
        byte[] file = fixture("dwarf/plain");
        int sent = file.length / 3;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(String.join(
                            "\r\n",
                            "PUT /v1/binaries/%s/executable HTTP/1.1".formatted(PLAIN),
                            "Host: localhost",
                            "Content-Length: " + file.length,
                            "Repr-Digest: " + digest(file),
                            "",
                            "")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(file, 0, sent);
        }
        await().until(() -> offset(file) == sent);
        assertThat(piece(file, sent, file.length).status()).isEqualTo(201);
    }

    @Test
    void piecesOfAnotherFileAreFoundOut() throws Exception {
        byte[] file = fixture("dwarf/plain");
        byte[] other = file.clone();
        other[other.length - 1] ^= 1;
        piece(file, 0, 100);
        Answer answer = send(pieceRequest(file, 100, file.length)
                .PUT(BodyPublishers.ofByteArray(Arrays.copyOfRange(other, 100, other.length))));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("field").asString()).isEqualTo("Repr-Digest");
        assertNothingIsHeld(PLAIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bytes 5-3/10", "bytes 0-9/9", "bytes 0-9", "lines 0-9/10", "bytes 0-99999999999999999999/1"})
    void aRangeThatIsNoneIsRefused(String range) throws Exception {
        Answer answer = send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                .header("Repr-Digest", digest(fixture("dwarf/plain")))
                .header("Content-Range", range)
                .PUT(BodyPublishers.ofByteArray(new byte[10])));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("field").asString()).isEqualTo("Content-Range");
    }

    private java.net.http.HttpRequest.Builder pieceRequest(byte[] file, int from, int to) throws Exception {
        return request("/v1/binaries/%s/executable".formatted(PLAIN))
                .header("Repr-Digest", digest(file))
                .header("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, file.length));
    }

    private Answer piece(byte[] file, int from, int to) throws Exception {
        return send(pieceRequest(file, from, to).PUT(BodyPublishers.ofByteArray(Arrays.copyOfRange(file, from, to))));
    }

    private long offset(byte[] file) throws Exception {
        return send(request("/v1/binaries/%s/executable".formatted(PLAIN))
                        .header("Repr-Digest", digest(file))
                        .method("HEAD", BodyPublishers.noBody()))
                .response()
                .headers()
                .firstValueAsLong("Upload-Offset")
                .orElse(0);
    }
}
