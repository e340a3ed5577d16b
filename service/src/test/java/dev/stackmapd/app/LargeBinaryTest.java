package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import tools.jackson.databind.JsonNode;

/// A heap of 256 MB takes in, looks up in, indexes and sends out a binary of almost three times that size, and a
/// container of 384 MiB one that inflates to almost twice that.
class LargeBinaryTest extends LiveServer {
    private static final String BINARY = "/v1/binaries/" + LargeBinary.BUILD_ID;
    private static final int STACKS = 200;
    private static final int FEW = 5;
    private static final int DEPTH = 50;

    @TempDir(factory = OnDisk.class)
    Path directory;

    /// Not where temporary files may be memory.
    static final class OnDisk implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
                throws IOException {
            return Files.createTempDirectory(Path.of("target"), "large");
        }
    }

    /// A place in the code, somewhere in a row but at its beginning: a caller is looked up a byte before it.
    private record Place(int unit, int function, int row) {

        static Place random(Random random) {
            return new Place(
                    random.nextInt(LargeBinary.UNITS),
                    random.nextInt(LargeBinary.FUNCTIONS),
                    random.nextInt(LargeBinary.ROWS));
        }

        Map<String, String> frame() {
            String offset = "0x" + Long.toHexString(LargeBinary.offset(unit, function, row) + 4);
            return Map.of("buildId", LargeBinary.BUILD_ID, "offset", offset);
        }

        List<String> names() {
            return LargeBinary.frames(unit, function, row);
        }
    }

    @Test
    void fitsIntoASmallHeapSeed20261123() throws Exception {
        Path binary = directory.resolve("binary");
        LargeBinary.write(binary, LargeBinary.Form.PLAIN);
        String sha256 = sha256(Files.newInputStream(binary));
        List<String> arguments =
                List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError", "--stackmapd.artifacts.free-percent=0");
        try (ChildServer server = ChildServer.start(directory, List.of(), arguments)) {
            port = server.port();
            Answer stored = send(request(BINARY + "/executable").PUT(BodyPublishers.ofFile(binary)));
            assertThat(stored.status()).isEqualTo(201);
            assertThat(stored.json().at("/artifact/sha256").asString()).isEqualTo(sha256);
            Files.delete(binary);

            List<Place> places = places();
            List<String> ids = ingest(places);
            assertThat(named(ids.subList(0, 1))).isEqualTo(names(places.subList(0, DEPTH)));
            assertThat(get(BINARY).json().get("names").asString()).isEqualTo("FILES");
            assertThat(named(ids)).isEqualTo(names(places));
            // Building its index takes more than such a heap has for it.
            await().atMost(Duration.ofMinutes(3)).until(() -> get(BINARY).json().has("noIndex"));
            assertThat(get(BINARY).json().get("noIndex").asString()).endsWith(" bytes of memory");
            assertThat(named(ids.subList(0, 1))).isEqualTo(names(places.subList(0, DEPTH)));

            assertThat(downloaded(8)).containsOnly(sha256);
            assertThat(get("/actuator/health/readiness").status()).isEqualTo(200);
            assertThat(server.process().isAlive()).isTrue();
        }
    }

    /// As the chart of the sidecar starts the image: inflated sections are page cache, which the kernel takes back. Its
    /// index would need more than a heap of 192 MB has for one, so that the files answer.
    @Test
    void fitsIntoASmallContainerSeed20261123() throws Exception {
        Path binary = directory.resolve("binary");
        LargeBinary.write(binary, LargeBinary.Form.DEFLATED);
        List<String> arguments = List.of(
                "-XX:MaxRAMPercentage=50",
                "-XX:ReservedCodeCacheSize=40m",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+ExitOnOutOfMemoryError",
                "--stackmapd.artifacts.quota=4GB",
                "--stackmapd.artifacts.free-percent=0");
        try (MemoryGroup group = MemoryGroup.make("stackmapd-large-binary", 384L << 20);
                ChildServer server = ChildServer.start(directory, group.launcher(), arguments)) {
            port = server.port();
            assertThat(send(request(BINARY + "/executable").PUT(BodyPublishers.ofFile(binary)))
                            .status())
                    .isEqualTo(201);
            // Some of them: each costs the decoding of a unit, of which few fit into the heap.
            List<Place> places = places().subList(0, FEW * DEPTH);
            List<String> ids = ingest(places);
            assertThat(named(ids)).isEqualTo(names(places));
            await().atMost(Duration.ofMinutes(5)).until(() -> get(BINARY).json().has("noIndex"));
            assertThat(get(BINARY).json().get("noIndex").asString()).endsWith(" bytes of memory");
            assertThat(named(ids)).isEqualTo(names(places));
            assertThat(group.kills()).isZero();
            assertThat(server.process().isAlive()).isTrue();
        }
    }

    @Test
    void isWhatLlvmSaysItIs() throws Exception {
        String symbolizer = Tools.path("llvm-symbolizer-19", "llvm-19");
        Path binary = directory.resolve("binary");
        LargeBinary.write(binary, LargeBinary.Form.PLAIN);
        List<String> command = new ArrayList<>(List.of(symbolizer, "--output-style=GNU", "--obj=" + binary));
        StringBuilder expected = new StringBuilder();
        for (Place place : List.of(new Place(0, 0, 0), new Place(700, 42, 13), new Place(1_023, 99, 49))) {
            command.add("0x" + Long.toHexString(LargeBinary.address(place.unit, place.function, place.row) + 4));
            place.names()
                    .forEach(name -> expected.append(name.replace(' ', '\n')).append('\n'));
        }
        assertThat(Tools.run(Map.of(), command).out()).isEqualTo(expected.toString());
    }

    private static List<Place> places() {
        Random random = new Random(20261123);
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < STACKS * DEPTH; i++) {
            places.add(Place.random(random));
        }
        return places;
    }

    private static List<List<String>> names(List<Place> places) {
        return places.stream().map(Place::names).toList();
    }

    /// @return ids of stacks, one for each [#DEPTH] places
    private List<String> ingest(List<Place> places) {
        List<Object> stacks = new ArrayList<>();
        for (int i = 0; i < places.size(); i += DEPTH) {
            stacks.add(Map.of(
                    "frames",
                    places.subList(i, i + DEPTH).stream().map(Place::frame).toList()));
        }
        Answer answer = post("/v1/batches", Map.of("stacks", stacks));
        assertThat(answer.status()).isEqualTo(200);
        return answer.json().get("ids").valueStream().map(JsonNode::asString).toList();
    }

    /// Names of all frames of stacks, asked for one stack after the other.
    private List<List<String>> named(List<String> ids) {
        List<List<String>> frames = new ArrayList<>();
        for (String id : ids) {
            Answer answer = get("/v1/stacks/" + id);
            assertThat(answer.status()).isEqualTo(200);
            answer.json().get("frames").forEach(frame -> frames.add(symbols(frame)));
        }
        return frames;
    }

    private static List<String> symbols(JsonNode frame) {
        return frame.path("symbols")
                .valueStream()
                .map(s -> "%s %s:%d"
                        .formatted(
                                s.get("function").asString(),
                                s.get("file").asString(),
                                s.get("line").asInt()))
                .toList();
    }

    /// Returns the digests of what these clients receive at once, while batches are ingested.
    private List<String> downloaded(int clients) throws Exception {
        Callable<String> download = () -> {
            HttpResponse<InputStream> answer;
            try (HttpClient http = HttpClient.newHttpClient()) {
                answer = http.send(
                        request("/buildid/" + LargeBinary.BUILD_ID + "/executable")
                                .build(),
                        BodyHandlers.ofInputStream());
                return sha256(answer.body());
            }
        };
        List<String> digests = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> running = Collections.nCopies(clients, download).stream()
                    .map(threads::submit)
                    .toList();
            int batches = 0;
            while (!running.stream().allMatch(Future::isDone)) {
                Map<String, String> frame = Map.of("buildId", "0a0b", "offset", "0x" + Integer.toHexString(batches++));
                assertThat(post("/v1/batches", Map.of("stacks", List.of(Map.of("frames", List.of(frame)))))
                                .status())
                        .isEqualTo(200);
            }
            for (Future<String> each : running) {
                digests.add(each.get());
            }
        }
        return digests;
    }

    private static String sha256(InputStream in) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (in) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
