package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/// A service that takes files of up to 1 MB, and what tests of uploads need.
@TestPropertySource(properties = "stackmapd.artifacts.max-file=1MB")
abstract class Uploading extends LiveServer {
    static final String PLAIN = "30c9879257ed19cfa469ff85aae7984a6a88be23";
    static final String SPLIT = "bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2";
    static final String ALTERNATE = "6d59e09069c119f17da5ec4b3c1508f555fc29d8";
    static final String SPLIT_UNITS = "a466a1dc1d0ead758052fa82927c13adb0546d31";
    static final List<String> KINDS = List.of("executable", "debuginfo", "supplementary", "dwp");

    @Value("${stackmapd.artifacts.storage}")
    Path cache;

    @AfterEach
    void forgetUploads() {
        for (String id : List.of(PLAIN, SPLIT, ALTERNATE, SPLIT_UNITS)) {
            for (String kind : KINDS) {
                delete("/v1/binaries/%s/%s".formatted(id, kind));
            }
        }
    }

    Answer upload(String buildId, String kind, byte[] file) {
        return send(request("/v1/binaries/%s/%s".formatted(buildId, kind)).PUT(BodyPublishers.ofByteArray(file)));
    }

    String stackThrough(String buildId, String offset) {
        return post(
                        "/v1/batches",
                        Map.of(
                                "stacks",
                                List.of(Map.of("frames", List.of(Map.of("buildId", buildId, "offset", offset))))))
                .json()
                .at("/ids/0")
                .asString();
    }

    JsonNode leaf(String stack) {
        return get("/v1/stacks/" + stack).json().at("/frames/0");
    }

    List<String> missing() {
        return get("/v1/binaries?missing=true&limit=1000")
                .json()
                .get("binaries")
                .valueStream()
                .map(binary -> binary.get("buildId").asString())
                .toList();
    }

    /// Everything in the store's folder but its lock.
    List<Path> filesHeld() throws IOException {
        try (Stream<Path> files = Files.walk(cache.resolve("files"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().contains("lock"))
                    .toList();
        }
    }

    static byte[] fixture(String name) throws IOException {
        return Files.readAllBytes(Fixtures.path("binaries/" + name));
    }

    static String sha256(byte[] file) throws Exception {
        return java.util.HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(file));
    }

    static String digest(byte[] file) throws Exception {
        return "sha-256=:%s:"
                .formatted(Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256").digest(file)));
    }

    void assertNothingIsHeld(String buildId) throws IOException {
        Answer answer = get("/v1/binaries/" + buildId);
        if (answer.status() == 200) {
            assertThat(answer.json().get("artifacts")).isEmpty();
        }
        assertThat(filesHeld()).isEmpty();
    }
}
