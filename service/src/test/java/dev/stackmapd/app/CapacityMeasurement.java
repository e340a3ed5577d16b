package dev.stackmapd.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Measures what a limit of memory holds: starts the service in a memory group as the image starts it, sends it stacks
/// of 32 frames until it refuses new ones, and prints how many it has, with the shares of its memory plan. Needs root.
///
/// `service/BENCHMARKS.md` has the command.
final class CapacityMeasurement {
    private static final int STACKS_OF_A_BATCH = 10_000;
    private static final int FRAMES = 32;
    private static final int FULL = 507;

    private final JsonMapper json = new JsonMapper();

    private CapacityMeasurement() {}

    /// @param limits of memory, MiB
    public static void main(String[] limits) throws Exception {
        System.out.println("| limit | heap | stacks of 32 frames | store | index | answers | anonymous memory |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (String limit : limits) {
            new CapacityMeasurement().measure(Long.parseLong(limit));
        }
    }

    private void measure(long megabytes) throws Exception {
        Path directory = Files.createTempDirectory("capacity");
        List<String> options = List.of(
                "-XX:MaxRAMPercentage=50",
                "-XX:ReservedCodeCacheSize=40m",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+ExitOnOutOfMemoryError");
        try (MemoryGroup group = MemoryGroup.make("stackmapd-capacity", megabytes << 20);
                ChildServer server = ChildServer.start(directory, group.launcher(), options);
                HttpClient http = HttpClient.newHttpClient()) {
            URI base = URI.create("http://127.0.0.1:" + server.port());
            long first = 0;
            while (post(http, base.resolve("/v1/batches"), batch(first)) != FULL) {
                first += STACKS_OF_A_BATCH;
            }
            JsonNode memory = get(http, base.resolve("/actuator/info")).get("memory");
            System.out.printf(
                    "| %d MiB | %d MiB | %d | %d MB | %d MB | %d MB | %d MiB |%n",
                    megabytes,
                    memory.get("heapBytes").asLong() >> 20,
                    first,
                    part(memory, "store"),
                    part(memory, "index"),
                    part(memory, "symbols"),
                    anonymous(server.process().pid()));
        }
    }

    private static long part(JsonNode memory, String name) {
        return memory.get("parts")
                .valueStream()
                .filter(part -> part.get("name").asString().equals(name))
                .mapToLong(part -> part.get("bytes").asLong() >> 20)
                .sum();
    }

    private static long anonymous(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                .sum();
    }

    /// Stacks that differ in every frame.
    private static String batch(long first) {
        StringBuilder body = new StringBuilder("{\"stacks\": [");
        for (long stack = first; stack < first + STACKS_OF_A_BATCH; stack++) {
            body.append(stack == first ? "{\"frames\": [" : ",{\"frames\": [");
            for (int frame = 0; frame < FRAMES; frame++) {
                body.append(frame == 0 ? "" : ",")
                        .append("{\"buildId\": \"%02d5eed\", \"offset\": %d}"
                                .formatted(frame % 10, stack * FRAMES + frame));
            }
            body.append("]}");
        }
        return body.append("]}").toString();
    }

    private static int post(HttpClient http, URI uri, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        int status = http.send(request, BodyHandlers.discarding()).statusCode();
        if (status != 200 && status != FULL) {
            throw new IOException("status " + status);
        }
        return status;
    }

    private JsonNode get(HttpClient http, URI uri) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        return json.readTree(http.send(request, BodyHandlers.ofString()).body());
    }
}
