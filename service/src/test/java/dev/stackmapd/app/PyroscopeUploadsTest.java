package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The three calls of Pyroscope's agents, in both forms of the Connect protocol.
class PyroscopeUploadsTest extends Uploading {
    @Test
    void pyroscopesAgentsUploadInThreeCallsOfJson() throws Exception {
        String calls = "/debuginfo.v1alpha1.DebuginfoService/";
        Map<String, ?> offer = Map.of("file", Map.of("gnuBuildId", PLAIN, "type", "TYPE_EXECUTABLE_FULL"));
        assertThat(upload(calls + "Upload/" + PLAIN, fixture("dwarf/plain")).status())
                .isEqualTo(412);
        assertThat(post(calls + "ShouldInitiateUpload", offer)
                        .json()
                        .get("shouldInitiateUpload")
                        .asBoolean())
                .isTrue();
        assertThat(post(calls + "ShouldInitiateUpload", offer)
                        .json()
                        .get("reason")
                        .asString())
                .contains("still in-progress");
        Answer early = post(calls + "UploadFinished", Map.of("gnuBuildId", PLAIN));
        assertThat(early.status()).isEqualTo(400);
        assertThat(early.json().get("code").asString()).isEqualTo("failed_precondition");
        assertThat(upload(calls + "Upload/" + PLAIN, fixture("dwarf/plain")).status())
                .isEqualTo(200);
        assertThat(post(calls + "UploadFinished", Map.of("gnu_build_id", PLAIN)).status())
                .isEqualTo(200);
        assertThat(post(calls + "ShouldInitiateUpload", offer)
                        .json()
                        .get("shouldInitiateUpload")
                        .asBoolean())
                .isFalse();
        assertThat(get("/v1/binaries/" + PLAIN).json().get("outcome").asString())
                .isEqualTo("KNOWN");
    }

    @Test
    void pyroscopesAgentsUploadInThreeCallsOfProtobuf() throws Exception {
        byte[] metadata = message(out -> {
            out.writeString(1, PLAIN);
            out.writeString(4, "plain");
            out.writeEnum(5, 1);
        });
        byte[] asked = proto("ShouldInitiateUpload", message(out -> out.writeByteArray(1, metadata)));
        CodedInputStream answer = CodedInputStream.newInstance(asked);
        assertThat(answer.readTag() >>> 3).isEqualTo(1);
        assertThat(answer.readBool()).isTrue();
        upload("/debuginfo.v1alpha1.DebuginfoService/Upload/" + PLAIN, fixture("dwarf/plain"));
        assertThat(proto("UploadFinished", message(out -> out.writeString(1, PLAIN))))
                .isEmpty();
    }

    @Test
    void aBrokenProtobufMessageIsTold() {
        Answer answer = send(request("/debuginfo.v1alpha1.DebuginfoService/ShouldInitiateUpload")
                .header("Content-Type", "application/proto")
                .POST(BodyPublishers.ofByteArray(new byte[] {10, 127, 1})));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("code").asString()).isEqualTo("invalid_argument");
    }

    @Test
    void anHtlhashIsNoGnuBuildId() {
        Answer answer = post(
                "/debuginfo.v1alpha1.DebuginfoService/ShouldInitiateUpload",
                Map.of(
                        "file",
                        Map.of(
                                "gnuBuildId",
                                "htlhash:3558096dc80943868a9f8ff50389f4e4",
                                "type",
                                "TYPE_EXECUTABLE_FULL")));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("code").asString()).isEqualTo("invalid_argument");
    }

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    private byte[] proto(String call, byte[] message) {
        Answer answer = send(request("/debuginfo.v1alpha1.DebuginfoService/" + call)
                .header("Content-Type", "application/proto")
                .POST(BodyPublishers.ofByteArray(message)));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/proto");
        return answer.response().body().getBytes(StandardCharsets.UTF_8);
    }

    private Answer upload(String path, byte[] file) {
        return send(request(path).POST(BodyPublishers.ofByteArray(file)));
    }
}
