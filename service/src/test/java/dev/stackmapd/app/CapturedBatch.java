package dev.stackmapd.app;

import dev.stackmapd.fixtures.Capture;
import dev.stackmapd.fixtures.CapturedFile;
import dev.stackmapd.fixtures.CapturedSample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A capture as the batch that a profiler would send.
final class CapturedBatch {
    private CapturedBatch() {}

    /// One stack a sample, in the samples' order.
    static Map<String, Object> of(Capture capture, List<CapturedSample> samples) throws IOException {
        List<Map<String, Object>> stacks = new ArrayList<>();
        for (CapturedSample sample : samples) {
            stacks.add(Map.of("process", 0, "ips", hex(sample.ips())));
        }
        return Map.of("processes", List.of(process(capture)), "stacks", stacks);
    }

    static List<String> hex(List<Long> ips) {
        return ips.stream().map(ip -> "0x" + Long.toHexString(ip)).toList();
    }

    private static Map<String, Object> process(Capture capture) throws IOException {
        List<Map<String, Object>> binaries = new ArrayList<>();
        for (CapturedFile file : capture.files()) {
            Map<String, Object> binary = new LinkedHashMap<>();
            binary.put("path", file.path());
            binary.put("dev", file.device());
            binary.put("inode", file.inode());
            binary.put("size", file.size());
            binary.put("head", Base64.getEncoder().encodeToString(file.headBytes()));
            binaries.add(binary);
        }
        return Map.of("maps", new String(capture.maps(), StandardCharsets.UTF_8), "binaries", binaries);
    }
}
