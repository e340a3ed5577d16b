package dev.stackmapd.app;

import dev.stackmapd.StackmapdApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The real service on a port of its own, and a plain HTTP client to talk to it.
@SpringBootTest(
        classes = StackmapdApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"stackmapd.files.access=none", "stackmapd.shutdown-delay=0s"})
public abstract class LiveServer {
    protected static final JsonMapper JSON = new JsonMapper();

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /// A folder belongs to one process alone, and a service under test to one context.
    @DynamicPropertySource
    static void cacheOfItsOwn(DynamicPropertyRegistry registry) {
        String folder = "target/artifacts/" + UUID.randomUUID();
        registry.add("stackmapd.artifacts.storage", () -> folder);
    }

    @Value("${local.server.port}")
    protected int port;

    public record Answer(int status, HttpResponse<String> response) {

        public JsonNode json() {
            return JSON.readTree(response.body());
        }

        public String contentType() {
            return response.headers().firstValue("Content-Type").orElse("");
        }
    }

    protected Answer get(String path) {
        return send(request(path).GET());
    }

    protected Answer post(String path, Object body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body instanceof String s ? s : JSON.writeValueAsString(body))));
    }

    protected Answer put(String path, String body) {
        return send(request(path).header("Content-Type", "application/json").PUT(BodyPublishers.ofString(body)));
    }

    protected Answer delete(String path) {
        return send(request(path).DELETE());
    }

    protected HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    protected Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
