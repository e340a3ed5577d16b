package dev.stackmapd.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.stackmapd.fixtures.Capture;
import dev.stackmapd.fixtures.CapturedFile;
import dev.stackmapd.fixtures.CapturedSample;
import dev.stackmapd.fixtures.KernelFrame;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Sends a capture to a running service as one batch, reads every stack back under its id and compares the frames with
/// what the kernel made of the same stacks.
///
/// The body is compressed with zstd, so that the service's native library is loaded too.
final class CaptureRoundTrip {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int KERNEL_BUILD_ID_DIGITS = 2 * 20;

    private final HttpClient http;
    private final URI service;

    CaptureRoundTrip(HttpClient http, URI service) {
        this.http = http;
        this.service = service;
    }

    void check(Capture capture) throws IOException, InterruptedException {
        List<CapturedSample> samples = capture.samples();
        JsonNode ids = post(batch(capture, samples)).get("ids");
        assertThat(ids).hasSameSizeAs(samples);

        Map<Long, KernelFrame> valid = validByAddress(samples);
        String maps = new String(capture.maps(), StandardCharsets.UTF_8);
        valid.keySet().removeIf(address -> !isMapped(maps, address));
        Map<String, JsonNode> stacks = new HashMap<>();
        for (int i = 0; i < samples.size(); i++) {
            CapturedSample sample = samples.get(i);
            String id = ids.get(i).stringValue();
            if (!stacks.containsKey(id)) {
                stacks.put(id, get("/v1/stacks/" + id + "?symbols=false"));
            }
            if (sample.translated()) {
                assertThat(received(stacks.get(id).get("frames"), sample))
                        .as("sample %d, stack %s", i, id)
                        .isEqualTo(expected(sample, valid));
            }
        }
    }

    private static String batch(Capture capture, List<CapturedSample> samples) throws IOException {
        List<Map<String, Object>> binaries = new ArrayList<>();
        for (CapturedFile file : capture.files()) {
            binaries.add(Map.of(
                    "path", file.path(),
                    "dev", file.device(),
                    "inode", file.inode(),
                    "size", file.size(),
                    "head", file.headBytes()));
        }
        String maps = new String(capture.maps(), StandardCharsets.UTF_8);
        List<Map<String, Object>> stacks = samples.stream()
                .map(sample -> Map.<String, Object>of(
                        "process",
                        0,
                        "ips",
                        sample.ips().stream().map(CaptureRoundTrip::hex).toList()))
                .toList();
        return JSON.writeValueAsString(
                Map.of("processes", List.of(Map.of("pid", 1, "maps", maps, "binaries", binaries)), "stacks", stacks));
    }

    /// In a few samples a page was not there at that instant, and one frame fell back to IP (captures/README.md);
    /// what the kernel said of the same address in another sample holds for all.
    private static Map<Long, KernelFrame> validByAddress(List<CapturedSample> samples) {
        Map<Long, KernelFrame> valid = new HashMap<>();
        for (CapturedSample sample : samples) {
            for (int i = 0; i < sample.ips().size(); i++) {
                if (sample.frames().get(i) instanceof KernelFrame.Valid frame) {
                    valid.put(sample.ips().get(i), frame);
                }
            }
        }
        return valid;
    }

    /// The kernel gives an address in a hole to the mapping above it (XLT-21); the service must not (XLT-24).
    private static boolean isMapped(String maps, long address) {
        return maps.lines()
                .map(line -> line.substring(0, line.indexOf(' ')).split("-"))
                .anyMatch(range -> Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), address) <= 0
                        && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0);
    }

    private static List<KernelFrame> expected(CapturedSample sample, Map<Long, KernelFrame> valid) {
        return sample.ips().stream()
                .map(ip -> valid.getOrDefault(ip, new KernelFrame.Ip(ip)))
                .toList();
    }

    /// The service's frames as the kernel would write them: build-ids padded to 20 bytes, and none that is longer
    /// (ELF-52).
    private static List<KernelFrame> received(JsonNode frames, CapturedSample sample) {
        assertThat(frames).hasSameSizeAs(sample.ips());
        List<KernelFrame> received = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            JsonNode frame = frames.get(i);
            boolean inFile = frame.get("status").stringValue().equals("VALID");
            if (inFile && frame.get("buildId").stringValue().length() <= KERNEL_BUILD_ID_DIGITS) {
                String buildId = frame.get("buildId").stringValue();
                String padding = "0".repeat(KERNEL_BUILD_ID_DIGITS - buildId.length());
                received.add(new KernelFrame.Valid(buildId + padding, address(frame.get("offset"))));
            } else {
                received.add(new KernelFrame.Ip(inFile ? sample.ips().get(i) : address(frame.get("ip"))));
            }
        }
        return received;
    }

    private JsonNode post(String batch) throws IOException, InterruptedException {
        byte[] body = Zstd.compress(batch.getBytes(StandardCharsets.UTF_8));
        return send(HttpRequest.newBuilder(service.resolve("/v1/batches"))
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "zstd")
                .POST(BodyPublishers.ofByteArray(body)));
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(service.resolve(path)));
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }

    private static long address(JsonNode node) {
        return Long.parseUnsignedLong(node.stringValue().substring(2), 16);
    }
}
