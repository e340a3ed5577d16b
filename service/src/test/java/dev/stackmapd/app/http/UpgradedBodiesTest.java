package dev.stackmapd.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.app.LiveServer;
import dev.stackmapd.fixtures.Fixtures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpgradedBodiesTest extends LiveServer {
    private static final int FRAMES = 2_000;

    @Test
    void takesAFirstRequestThatAsksForHttp2AndHasALargeBodyInHttp1() throws IOException, InterruptedException {
        Map<String, String> frame = Map.of("buildId", "93ac61ec".repeat(5), "offset", "0x10");
        String body = JSON.writeValueAsString(Map.of(
                "processes", List.of(Map.of("pid", 1)),
                "stacks", Collections.nCopies(FRAMES, Map.of("process", 0, "frames", List.of(frame)))));
        HttpRequest request = request("/v1/batches")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();

        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        }
    }

    @Test
    void takesAFirstRequestWithoutABodyInHttp2() throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(request("/v1/stacks").build(), BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        }
    }

    /// 17 MiB, which is more than a batch may have; a length that is known, and one that is not.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void takesAFirstRequestThatAsksForHttp2AndBringsAFile(boolean lengthKnown) throws Exception {
        byte[] file = Arrays.copyOf(Files.readAllBytes(Fixtures.path("binaries/dwarf/plain")), 17 << 20);
        HttpRequest request = request("/v1/binaries/30c9879257ed19cfa469ff85aae7984a6a88be23/executable")
                .PUT(
                        lengthKnown
                                ? BodyPublishers.ofByteArray(file)
                                : BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(file)))
                .build();

        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());

            assertThat(response.statusCode()).as(response.body()).isIn(200, 201);
        }
    }
}
