package dev.stackmapd.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.app.ChildServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// SIGTERM, as Kubernetes sends it to a pod that is to end.
class DrainingTest {
    private static final int CLIENTS = 16;
    private static final int ENDED_BY_SIGTERM = 128 + 15;

    @TempDir
    Path directory;

    @Test
    void requestsAreAnsweredUntilClientsHaveBeenTold() throws Exception {
        try (ChildServer server =
                        ChildServer.start(directory, List.of(), List.of("-Xmx256m", "--stackmapd.shutdown-delay=8s"));
                ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            CountDownLatch asked = new CountDownLatch(CLIENTS);
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                answers.add(clients.submit(() -> askUntilTold(server, asked)));
            }
            asked.await();
            assertThat(status(server, "/actuator/health/readiness").statusCode())
                    .isEqualTo(200);
            server.process().destroy();
            await().until(() -> status(server, "/actuator/health/readiness").statusCode() == 503);
            assertThat(status(server, "/v1/stacks").statusCode()).isEqualTo(200);
            for (Future<Integer> answered : answers) {
                assertThat(answered.get()).isPositive();
            }
            assertThat(server.process().waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(server.process().exitValue()).isEqualTo(ENDED_BY_SIGTERM);
        }
    }

    /// Asks on connections that are kept open, one request after another, until an answer says that the connection
    /// ends. A request without an answer is an exception.
    ///
    /// @param asked is counted down after the first answer
    /// @return the number of answers
    private static int askUntilTold(ChildServer server, CountDownLatch asked) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int answers = 1; ; answers++) {
                HttpResponse<String> answer = client.send(request(server, "/v1/stacks"), BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                if (answers == 1) {
                    asked.countDown();
                }
                if (answer.headers().firstValue("Connection").orElse("").equals("close")) {
                    return answers;
                }
            }
        }
    }

    private static HttpResponse<String> status(ChildServer server, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request(server, path), BodyHandlers.ofString());
        }
    }

    private static HttpRequest request(ChildServer server, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)))
                .build();
    }
}
