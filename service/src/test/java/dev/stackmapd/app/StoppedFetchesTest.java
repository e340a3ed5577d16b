package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.upstream.RawUpstream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The service gets SIGTERM while requests wait for an upstream that does not answer.
class StoppedFetchesTest extends LiveServer {
    @TempDir
    Path directory;

    @Test
    void areAnsweredAtOnceWithTheAdviceToComeBack() throws Exception {
        String id = "f".repeat(40);
        try (RawUpstream silent = new RawUpstream(InetAddress.getLoopbackAddress(), RawUpstream.Line::silence);
                ChildServer server = ChildServer.start(
                        directory,
                        List.of(),
                        List.of(
                                "--stackmapd.debuginfod.upstreams=http://127.0.0.1:%d/".formatted(silent.port()),
                                "--stackmapd.debuginfod.allow=127.0.0.1"));
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            port = server.port();
            List<Future<Answer>> held = new ArrayList<>();
            for (String path : List.of("debuginfo", "executable", "section/.text", "source/src/main.cc")) {
                held.add(clients.submit(() -> get("/buildid/" + id + "/" + path)));
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> silent.connections() == 3);
            server.process().destroy();
            for (Future<Answer> answer : held) {
                Answer told = answer.get(15, TimeUnit.SECONDS);
                assertThat(told.status()).isEqualTo(503);
                assertThat(told.response().headers().firstValue("Retry-After")).isPresent();
                assertThat(told.json().get("type").asString()).isEqualTo("urn:stackmapd:problem:busy");
            }
            assertThat(server.process().waitFor(25, TimeUnit.SECONDS))
                    .as("has ended before its grace was over")
                    .isTrue();
        }
    }
}
