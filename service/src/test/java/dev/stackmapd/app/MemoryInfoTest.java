package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The memory plan is shown, and is the one that tables have.
class MemoryInfoTest extends LiveServer {

    @Test
    void isShown() {
        JsonNode memory = get("/actuator/info").json().get("memory");
        assertThat(memory.get("heapBytes").asLong())
                .isEqualTo(Runtime.getRuntime().maxMemory());
        assertThat(memory.get("limitBytes").asLong()).isGreaterThan(0);
        assertThat(memory.get("parts")
                        .valueStream()
                        .map(part -> part.get("name").asString()))
                .contains("program", "batches", "questions", "store", "frame_bases", "code cache", "thread stacks");
        long store = memory.get("parts")
                .valueStream()
                .filter(part -> part.get("name").asString().equals("store"))
                .mapToLong(part -> part.get("bytes").asLong())
                .sum();
        assertThat(metric("stackmapd_store_capacity_bytes")).isEqualTo(store);
    }

    private long metric(String name) {
        return get("/actuator/prometheus")
                .response()
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }
}
