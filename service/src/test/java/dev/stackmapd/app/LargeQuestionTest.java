package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.symbolize.BlockedBuilds;
import dev.stackmapd.symbolize.index.IndexBuilds;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/// A question for many places of one binary is answered when its index is there. A service that other tests have
/// used may have the indexes already.
@DirtiesContext(classMode = DirtiesContext.ClassMode.BEFORE_CLASS)
@TestPropertySource(properties = "stackmapd.artifacts.directories=../src-test-fixtures/binaries")
class LargeQuestionTest extends LiveServer {
    private static final int MANY = 200;

    @Autowired
    @SuppressWarnings("NullAway.Init") // Spring sets it
    private IndexBuilds builds;

    @Test
    void forFrames() throws Exception {
        Answer answer = waiting("/v1/symbolize", Map.of("frames", frames("demo", 0, MANY)));
        assertThat(answer.json().get("frames")).hasSize(MANY);
        assertThat(namesOf("demo")).isEqualTo("INDEX");
    }

    @Test
    void forStoredStacks() throws Exception {
        List<Map<String, Object>> stacks = List.of(
                Map.of("frames", frames("cxx-O2", 0, MANY / 2)), Map.of("frames", frames("cxx-O2", MANY / 2, MANY)));
        JsonNode ids = post("/v1/batches", Map.of("stacks", stacks)).json().get("ids");
        Answer answer = waiting("/v1/stacks/query", Map.of("ids", ids));
        assertThat(answer.json().get("stacks")).hasSize(2);
        assertThat(namesOf("cxx-O2")).isEqualTo("INDEX");
    }

    /// Asks while no index can be built, and expects no answer before one can.
    private Answer waiting(String path, Object question) throws Exception {
        CompletableFuture<Answer> answer;
        try (BlockedBuilds _ = new BlockedBuilds(builds)) {
            answer = CompletableFuture.supplyAsync(() -> post(path, question));
            assertThatThrownBy(() -> answer.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        }
        return answer.get(1, TimeUnit.MINUTES);
    }

    private String namesOf(String fixture) throws IOException {
        return get("/v1/binaries/" + id(fixture)).json().get("names").asString();
    }

    private static List<Map<String, String>> frames(String fixture, int from, int to) throws IOException {
        List<Map<String, String>> frames = new ArrayList<>();
        for (int i = from; i < to; i++) {
            frames.add(Map.of("buildId", id(fixture), "offset", "0x" + Integer.toHexString(0x1000 + i)));
        }
        return frames;
    }

    private static String id(String fixture) throws IOException {
        return Files.readString(Fixtures.path("expected/" + fixture + ".buildid"))
                .strip();
    }
}
