package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.upstream.RawUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/// An upstream that accepts connections and never answers, as Ubuntu's did (2026): a debugger that misses
/// twelve modules waits for it once.
class HungUpstreamTest extends LiveServer {
    private static final int MODULES = 12;

    /// Requests to one host at once, which all begin before the first has had its time.
    private static final int PER_HOST = 4;

    private static final RawUpstream SILENT = silent();

    private static RawUpstream silent() {
        try {
            return new RawUpstream(InetAddress.getLoopbackAddress(), RawUpstream.Line::silence);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String base() {
        return "http://127.0.0.1:%d/".formatted(SILENT.port());
    }

    @DynamicPropertySource
    static void upstream(DynamicPropertyRegistry registry) {
        registry.add("stackmapd.debuginfod.upstreams", HungUpstreamTest::base);
        registry.add("stackmapd.debuginfod.allow", () -> "127.0.0.1");
        registry.add("stackmapd.debuginfod.timeout", () -> "2s");
    }

    @AfterAll
    static void stop() throws IOException {
        SILENT.close();
    }

    @BeforeEach
    void reset() {
        assertThat(post("/v1/upstreams/reset", Map.of("upstream", base())).status())
                .isEqualTo(204);
    }

    @Test
    void twelveModulesOneAfterTheOtherAskItOnce() {
        int before = SILENT.heads().size();
        for (int i = 0; i < MODULES; i++) {
            assertThat(get(module("aa", i)).status()).isEqualTo(404);
        }
        assertThat(SILENT.heads()).hasSize(before + 1);
        isLeftAlone();
    }

    @Test
    void twelveModulesAtOnceDoNotWaitForOneAnother() throws Exception {
        int before = SILENT.heads().size();
        List<Future<Answer>> answers = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < MODULES; i++) {
                String path = module("bb", i);
                answers.add(clients.submit(() -> get(path)));
            }
        }
        for (Future<Answer> answer : answers) {
            assertThat(answer.get().status()).isEqualTo(404);
        }
        assertThat(SILENT.heads().size() - before).isBetween(1, PER_HOST);
        isLeftAlone();
    }

    private static String module(String series, int number) {
        return "/buildid/%s%02x%s/debuginfo".formatted(series, number, "0f".repeat(18));
    }

    private void isLeftAlone() {
        assertThat(get("/v1/upstreams").json().at("/upstreams/0/breaker").asString())
                .isEqualTo("OPEN");
    }
}
