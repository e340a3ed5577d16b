package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpgradedBodiesTest extends LiveServer {
    private static final int FRAMES = 2_000;

    @Test
    void takesAFirstRequestThatAsksForHttp2AndHasALargeBody() throws IOException, InterruptedException {
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
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        }
    }
}
