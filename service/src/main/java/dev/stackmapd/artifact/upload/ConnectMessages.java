package dev.stackmapd.artifact.upload;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads and writes the messages of the `debuginfo.v1alpha1` protocol, in both forms that Connect
/// clients use: JSON and Protobuf.
///
/// ```text
/// ShouldInitiateUploadRequest   1 file: 1 gnu_build_id, 5 type (1 whole executable, 2 without its code)
/// ShouldInitiateUploadResponse  1 should_initiate_upload, 2 reason
/// UploadFinishedRequest         1 gnu_build_id
/// ```
final class ConnectMessages {
    private static final int FILE = 1;
    private static final int BUILD_ID = 1;
    private static final int TYPE = 5;
    private static final int SHOULD = 1;
    private static final int REASON = 2;

    private ConnectMessages() {}

    /// The file that a client offers to send.
    ///
    /// @param buildId as in the message; empty if it is missing
    record Offer(String buildId, FileType type) {}

    enum FileType {
        UNKNOWN,
        EXECUTABLE_FULL,
        EXECUTABLE_NO_TEXT;

        private static FileType of(int number) {
            return number > 0 && number < values().length ? values()[number] : UNKNOWN;
        }

        private static FileType of(JsonNode node) {
            return switch (node.asString("")) {
                case "TYPE_EXECUTABLE_FULL" -> EXECUTABLE_FULL;
                case "TYPE_EXECUTABLE_NO_TEXT" -> EXECUTABLE_NO_TEXT;
                default -> of(node.asInt(0));
            };
        }
    }

    static Offer offerOfJson(JsonNode message) {
        JsonNode file = message.path("file");
        return new Offer(buildId(file), FileType.of(file.path("type")));
    }

    /// @throws IOException if the bytes are not such a message
    static Offer offerOfProto(byte[] message) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        Offer offer = new Offer("", FileType.UNKNOWN);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == FILE) {
                offer = file(in.readByteArray());
            } else {
                in.skipField(tag);
            }
        }
        return offer;
    }

    private static Offer file(byte[] message) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        String buildId = "";
        FileType type = FileType.UNKNOWN;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case BUILD_ID -> buildId = in.readString();
                case TYPE -> type = FileType.of(in.readEnum());
                default -> in.skipField(tag);
            }
        }
        return new Offer(buildId, type);
    }

    static String buildIdOfJson(JsonNode message) {
        return buildId(message);
    }

    /// @throws IOException if the bytes are not such a message
    static String buildIdOfProto(byte[] message) throws IOException {
        return file(message).buildId();
    }

    /// Returns the build-id under both spellings that proto3 JSON allows.
    private static String buildId(JsonNode node) {
        return node.path("gnuBuildId").asString(node.path("gnu_build_id").asString(""));
    }

    static byte[] answerAsJson(JsonMapper json, boolean should, String reason) {
        ObjectNode answer = json.createObjectNode();
        answer.put("shouldInitiateUpload", should);
        answer.put("reason", reason);
        return json.writeValueAsBytes(answer);
    }

    static byte[] answerAsProto(boolean should, String reason) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeBool(SHOULD, should);
            out.writeString(REASON, reason);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return bytes.toByteArray();
    }
}
