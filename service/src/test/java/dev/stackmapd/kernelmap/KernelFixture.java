package dev.stackmapd.kernelmap;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.kernelmap.KernelStackMap.Creation;
import dev.stackmapd.kernelmap.KernelStackMap.Translator;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import java.util.Arrays;
import java.util.List;

/// Small kernel maps and what to put into them.
public final class KernelFixture {
    static final FrameBases BUILD_IDS = Packing.bases(4);
    static final BuildId BINARY = BuildId.of(new byte[] {1, 2, 3});
    static final int BINARY_NUMBER = Packing.numberOf(BUILD_IDS, BINARY);

    private KernelFixture() {}

    static KernelStackMap ipMap(long maxEntries, int depth) {
        return map(new KernelMapAttributes(maxEntries, depth, KernelMapAttributes.Contents.IP));
    }

    static KernelStackMap buildIdMap(long maxEntries, int depth) {
        return map(new KernelMapAttributes(maxEntries, depth, KernelMapAttributes.Contents.BUILD_ID));
    }

    static KernelStackMap map(KernelMapAttributes attributes) {
        return switch (KernelStackMap.create(attributes, 127, 1L << 30, BUILD_IDS)) {
            case Creation.Created(var map) -> map;
            case Creation.Refused(var refusal) -> throw new IllegalArgumentException(refusal.toString());
        };
    }

    /// Hex addresses, leaf first, apart by blanks.
    public static long[] ips(String hex) {
        return Arrays.stream(hex.split(" "))
                .mapToLong(each -> Long.parseUnsignedLong(each, 16))
                .toArray();
    }

    static int insert(KernelStackMap map, long flags, long... ips) {
        return map.insert(ips, 0, ips.length, flags, translatingTo(0));
    }

    static List<Long> addresses(KernelStackMap map, int id) {
        return map.get(id).orElseThrow().frames().stream()
                .map(frame -> ((Frame.Raw) frame).address())
                .toList();
    }

    /// As if one binary were mapped so that an address is this far beyond its offset.
    static Translator translatingTo(long load) {
        return (ips, from, to) -> {
            PackedStack packed = new PackedStack();
            for (int i = from; i < to; i++) {
                packed.addBased(BINARY_NUMBER, ips[i] - load);
            }
            return packed;
        };
    }

    static final Translator NEVER = (ips, from, to) -> {
        throw new AssertionError("the kernel would not translate here");
    };
}
