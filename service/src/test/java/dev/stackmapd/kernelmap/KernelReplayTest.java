package dev.stackmapd.kernelmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.fixtures.Capture;
import dev.stackmapd.fixtures.CapturedSample;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.PackedStack;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a real kernel's nine maps returned and held, replayed sample by sample. Every return value and every recorded
/// content must agree. The kernel's build-id maps held fallbacks (XLT-01), so their translation here is the address.
class KernelReplayTest {
    private static final Map<String, Long> FLAGS = Map.of(
            "ip_16384", 0L,
            "buildid_16384", 0L,
            "ip_48", 0L,
            "ip_48_reuse", KernelStackMap.REUSE_STACKID,
            "ip_48_fast", KernelStackMap.FAST_STACK_CMP,
            "ip_48_fast_reuse", KernelStackMap.FAST_STACK_CMP | KernelStackMap.REUSE_STACKID,
            "buildid_48_reuse", KernelStackMap.REUSE_STACKID,
            "ip_depth5_1024", 0L,
            "ip_depth5_1024_skip2", 2L);

    @ParameterizedTest
    @ValueSource(strings = {"odd-mappings", "python", "demo"})
    void everyReturnValueAndContentAgrees(String name) throws IOException {
        Capture capture = Capture.named(name);
        Map<String, KernelStackMap> maps = maps();
        int index = 0;
        for (CapturedSample sample : capture.samples()) {
            assertThat(returned(maps, sample)).as("sample %d", index++).isEqualTo(sample.returned());
        }
        for (Map.Entry<String, KernelStackMap> map : maps.entrySet()) {
            if (capture.hasContentsOf(map.getKey())) {
                assertThat(contents(map.getValue())).as(map.getKey()).isEqualTo(capture.contentsOf(map.getKey()));
            }
        }
    }

    /// The captures must hold what the test is for.
    @Test
    void theCapturesHoldCollisionsExhaustionAndSkips() throws IOException {
        List<Integer> errors = new ArrayList<>();
        for (String name : List.of("odd-mappings", "python")) {
            Capture.named(name)
                    .samples()
                    .forEach(sample -> errors.addAll(sample.returned().values()));
        }
        assertThat(errors).contains(-12, -14, -17);
    }

    private static Map<String, KernelStackMap> maps() {
        Map<String, KernelStackMap> maps = new HashMap<>();
        for (String name : FLAGS.keySet()) {
            long maxEntries = name.contains("16384") ? 16384 : name.contains("1024") ? 1024 : 48;
            int depth = name.contains("depth5") ? 5 : 127;
            maps.put(
                    name,
                    name.startsWith("ip")
                            ? KernelFixture.ipMap(maxEntries, depth)
                            : KernelFixture.buildIdMap(maxEntries, depth));
        }
        return maps;
    }

    private static Map<String, Integer> returned(Map<String, KernelStackMap> maps, CapturedSample sample) {
        long[] ips = sample.ips().stream().mapToLong(Long::longValue).toArray();
        Map<String, Integer> returned = new HashMap<>();
        maps.forEach((name, map) -> {
            long flags = FLAGS.getOrDefault(name, 0L) | KernelStackMap.USER_STACK;
            returned.put(name, map.insert(ips, 0, ips.length, flags, KernelReplayTest::fallback));
        });
        return returned;
    }

    private static PackedStack fallback(long[] ips, int from, int to) {
        PackedStack packed = new PackedStack();
        for (int i = from; i < to; i++) {
            packed.addRaw(ips[i], Frame.Reason.UNREADABLE);
        }
        return packed;
    }

    private static Map<Integer, List<Long>> contents(KernelStackMap map) {
        Map<Integer, List<Long>> contents = new TreeMap<>();
        for (int id : map.first(Integer.MAX_VALUE)) {
            List<Long> addresses = new ArrayList<>(KernelFixture.addresses(map, id));
            while (!addresses.isEmpty() && addresses.getLast() == 0) {
                addresses.removeLast();
            }
            contents.put(id, addresses);
        }
        return contents;
    }
}
