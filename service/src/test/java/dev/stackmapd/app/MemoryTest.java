package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The largest batches that the limits of a heap of 512 MB allow, and larger ones, many at once, into one of 256 MB.
class MemoryTest extends LiveServer {
    @TempDir
    Path directory;

    @Test
    void theLargestBatchesFitIntoASmallHeap() throws Exception {
        List<String> arguments = List.of(
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "--stackmapd.ingest.max-body=64MB",
                "--stackmapd.ingest.max-batch-frames=4194304");
        try (ChildServer server = ChildServer.start(directory, List.of(), arguments)) {
            port = server.port();
            List<byte[]> bodies = List.of(frames(4_096), frames(4_097), maps(60_000, 12), maps(60_000, 30));
            try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Callable<Integer>> requests = IntStream.range(0, 8)
                        .mapToObj(i -> (Callable<Integer>) () -> answer(bodies.get(i % bodies.size())))
                        .toList();
                for (Future<Integer> status : clients.invokeAll(requests)) {
                    assertThat(status.get()).isIn(200, 413, 503, 507);
                }
            }
            assertThat(Stream.of(frames(4_096), maps(60_000, 12)).map(this::answer))
                    .allMatch(s -> s == 200 || s == 507);
            assertThat(answer(frames(4_097))).isEqualTo(413);
            assertThat(answer(maps(60_000, 30))).isEqualTo(413);
            assertThat(server.process().isAlive()).as(said(server)).isTrue();
            assertThat(get("/actuator/health/readiness").status()).isEqualTo(200);
        }
    }

    private int answer(byte[] gzip) {
        return send(request("/v1/batches")
                        .header("Content-Type", "application/json")
                        .header("Content-Encoding", "gzip")
                        .POST(BodyPublishers.ofByteArray(gzip)))
                .status();
    }

    private static byte[] gzip(String body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    /// Stacks of 1,024 frames each, as short as JSON has them.
    private static byte[] frames(int stacks) throws IOException {
        String ips = "{\"process\":0,\"ips\":[" + "1,".repeat(1_023) + "%d]}";
        StringBuilder body = new StringBuilder("{\"processes\":[{\"maps\":\"\"}],\"stacks\":[");
        for (int i = 0; i < stacks; i++) {
            body.append(i == 0 ? "" : ",").append(ips.formatted(i));
        }
        return gzip(body.append("]}").toString());
    }

    private static byte[] maps(int lines, int processes) throws IOException {
        StringBuilder text = new StringBuilder();
        for (long i = 1; i <= lines; i++) {
            text.append("%x-%x r-xp 00000000 fe:00 1 /usr/lib/x.so\\n".formatted(i << 12, (i + 1) << 12));
        }
        String process = "{\"maps\":\"" + text + "\"}";
        return gzip("{\"processes\":[" + (process + ",").repeat(processes - 1) + process
                + "],\"stacks\":[{\"process\":0,\"ips\":[4096]}]}");
    }

    private static String said(ChildServer server) throws IOException {
        return Files.readString(server.log());
    }
}
