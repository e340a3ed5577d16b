package dev.stackmapd.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.fixtures.Capture;
import dev.stackmapd.fixtures.CapturedSample;
import dev.stackmapd.fixtures.KernelFrame;
import dev.stackmapd.process.MapsParser;
import dev.stackmapd.process.VmaIndex;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/// What a kernel answered for a live process, the service must answer over HTTP.
@TestPropertySource(properties = "stackmapd.stackmaps.max-bytes=256MB")
abstract class KernelAsReferee extends LiveServer {
    /// The kernel's maps of the captures' README: how each was made and asked.
    private record KernelMap(long maxEntries, int depth, boolean buildId, String query) {}

    private static final Map<String, KernelMap> KERNEL_MAPS = new LinkedHashMap<>();

    static {
        KERNEL_MAPS.put("ip_16384", new KernelMap(16_384, 127, false, ""));
        KERNEL_MAPS.put("buildid_16384", new KernelMap(16_384, 127, true, ""));
        KERNEL_MAPS.put("ip_48", new KernelMap(48, 127, false, ""));
        KERNEL_MAPS.put("ip_48_reuse", new KernelMap(48, 127, false, "?reuse=true"));
        KERNEL_MAPS.put("ip_48_fast", new KernelMap(48, 127, false, "?fast=true"));
        KERNEL_MAPS.put("ip_48_fast_reuse", new KernelMap(48, 127, false, "?fast=true&reuse=true"));
        KERNEL_MAPS.put("buildid_48_reuse", new KernelMap(48, 127, true, "?reuse=true"));
        KERNEL_MAPS.put("ip_depth5_1024", new KernelMap(1_024, 5, false, ""));
        KERNEL_MAPS.put("ip_depth5_1024_skip2", new KernelMap(1_024, 5, false, "?skip=2"));
    }

    /// Posts every sample and compares every frame.
    void everyFrameEqualsTheKernels(String name, Capture capture) throws IOException {
        List<CapturedSample> samples = walked(capture);
        Answer answer = post("/v1/batches", CapturedBatch.of(capture, samples));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        JsonNode ids = answer.json().get("ids");
        assertThat(ids.size()).isEqualTo(samples.size());
        JsonNode stacks = post("/v1/stacks/query?symbols=false", Map.of("ids", ids))
                .json()
                .get("stacks");

        Kernel kernel = new Kernel(MapsParser.parse(capture.maps()).vmas(), samples);
        int compared = 0;
        for (int i = 0; i < samples.size(); i++) {
            JsonNode frames = stacks.get(i).get("frames");
            int kept = Math.min(samples.get(i).ips().size(), 127);
            assertThat(frames.size()).isEqualTo(kept);
            if (samples.get(i).translated()) {
                compared += kernel.compare(samples.get(i), frames, name + " sample " + i);
            }
        }
        assertThat(compared).isGreaterThan(samples.size() / 2);
    }

    private static List<CapturedSample> walked(Capture capture) throws IOException {
        return capture.samples().stream().filter(s -> !s.ips().isEmpty()).toList();
    }

    /// Compares frames, and knows the three kinds of frame in which the service differs, as it should.
    private static final class Kernel {
        private final VmaIndex vmas;
        private final Set<Long> validElsewhere = new HashSet<>();

        Kernel(VmaIndex vmas, List<CapturedSample> samples) {
            this.vmas = vmas;
            for (CapturedSample sample : samples) {
                for (int i = 0; i < sample.ips().size(); i++) {
                    if (sample.frames().get(i) instanceof KernelFrame.Valid) {
                        validElsewhere.add(sample.ips().get(i));
                    }
                }
            }
        }

        /// @return how many frames were compared with the kernel's
        int compare(CapturedSample sample, JsonNode frames, String where) {
            int compared = 0;
            for (int i = 0; i < frames.size(); i++) {
                JsonNode ours = frames.get(i);
                long ip = sample.ips().get(i);
                String at = "%s frame %d, ip 0x%x: %s".formatted(where, i, ip, ours);
                KernelFrame theirs = sample.frames().get(i);
                if (vmas.find(ip) == VmaIndex.NONE) {
                    // XLT-21: the kernel credits a hole to the mapping above it; XLT-24: we do not.
                    assertThat(ours.get("status").asString()).as(at).isEqualTo("IP");
                } else if (theirs instanceof KernelFrame.Valid valid) {
                    assertThat(ours.get("status").asString()).as(at).isEqualTo("VALID");
                    assertThat(padded(ours.get("buildId").asString())).as(at).isEqualTo(valid.paddedBuildId());
                    assertThat(ours.get("offset").asString()).as(at).isEqualTo("0x" + Long.toHexString(valid.offset()));
                    compared++;
                } else if (ours.get("status").asString().equals("VALID")) {
                    // ELF-52: 32 bytes are no build-id for the kernel. XLT-11: or a page was not there just then.
                    boolean tooLong = ours.get("buildId").asString().length() > 40;
                    assertThat(tooLong || validElsewhere.contains(ip)).as(at).isTrue();
                    assertThat(ours.has("kernelVisible")).as(at).isEqualTo(tooLong);
                } else {
                    assertThat(ours.get("ip").asString()).as(at).isEqualTo("0x" + Long.toHexString(ip));
                    compared++;
                }
            }
            return compared;
        }

        private static String padded(String buildId) {
            return buildId + "0".repeat(Math.max(0, 40 - buildId.length()));
        }
    }

    /// Replays every sample through the nine kinds of kernel map: return values and final contents.
    void everyKernelMapReturnsAndHoldsWhatTheKernelsDid(String name, Capture capture) throws IOException {
        List<CapturedSample> walked = walked(capture);
        Map<String, Object> batch = CapturedBatch.of(capture, walked);
        Map<String, Integer> checked = new HashMap<>();
        KERNEL_MAPS.forEach((map, how) -> {
            String path = "/v1/stackmaps/" + name + "-" + map;
            Answer created = put(
                    path,
                    "{\"maxEntries\":%d,\"depth\":%d,\"buildId\":%b}"
                            .formatted(how.maxEntries, how.depth, how.buildId));
            assertThat(created.status()).isEqualTo(201);
            Answer answer = post(path + "/stacks" + how.query, batch);
            assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
            JsonNode results = answer.json().get("results");
            for (int i = 0; i < walked.size(); i++) {
                assertThat(results.get(i).asInt())
                        .as("%s sample %d", path, i)
                        .isEqualTo(walked.get(i).returned().get(map));
            }
            checked.put(map, walked.size());
            if (capture.hasContentsOf(map)) {
                holds(path, contents(capture, map));
            }
            assertThat(delete(path).status()).isEqualTo(204);
        });
        assertThat(checked).hasSize(9);
    }

    private void holds(String path, Map<Integer, List<Long>> recorded) {
        Map<Integer, List<String>> held = new TreeMap<>();
        String after = "";
        while (true) {
            JsonNode page = get(path + "/stacks?limit=1000" + after).json();
            for (JsonNode id : page.get("ids")) {
                JsonNode frames = get(path + "/stacks/" + id.asInt()).json().get("frames");
                held.put(
                        id.asInt(),
                        frames.valueStream().map(f -> f.get("ip").asString()).toList());
            }
            if (!page.has("next")) {
                break;
            }
            after = "&after=" + page.get("next").asInt();
        }
        assertThat(held.keySet()).isEqualTo(recorded.keySet());
        recorded.forEach((id, ips) -> assertThat(withoutZerosAtTheEnd(requireNonNull(held.get(id))))
                .as("%s id %d", path, id)
                .isEqualTo(CapturedBatch.hex(ips)));
    }

    /// MAP-33: the recording could not tell a zero address at the end from the zero fill.
    private static List<String> withoutZerosAtTheEnd(List<String> ips) {
        int end = ips.size();
        while (end > 0 && ips.get(end - 1).equals("0x0")) {
            end--;
        }
        return ips.subList(0, end);
    }

    private static Map<Integer, List<Long>> contents(Capture capture, String map) {
        try {
            return capture.contentsOf(map);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
