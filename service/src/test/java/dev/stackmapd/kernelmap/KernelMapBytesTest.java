package dev.stackmapd.kernelmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.RetainedHeap;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A full kernel-style map, of frames that take as much as any, takes what its attributes say.
class KernelMapBytesTest {

    @ParameterizedTest
    @CsvSource({"IP, 2048, 127", "IP, 16384, 20", "BUILD_ID, 2048, 127", "BUILD_ID, 16384, 20"})
    void ofAFullMapSeed3(KernelMapAttributes.Contents contents, int entries, int depth) {
        FrameBases bases = Packing.bases(10);
        KernelMapAttributes attributes = new KernelMapAttributes(entries, depth, contents);
        Random random = new Random(3);
        long measured = RetainedHeap.of(() -> {
            KernelStackMaps maps = new KernelStackMaps(bases, 1L << 30);
            KernelStackMap map = ((KernelStackMaps.NamedCreation.Created) maps.create("a", attributes)).map();
            long[] ips = new long[depth];
            PackedStack packed = new PackedStack();
            // Each stack has a bucket of its own, and twenty times as many reach nearly all of them.
            for (int i = 0; i < 20 * entries; i++) {
                for (int k = 0; k < depth; k++) {
                    ips[k] = random.nextLong();
                }
                var _ = map.insert(ips, 0, depth, KernelStackMap.USER_STACK, (raw, from, to) -> {
                    packed.clear();
                    for (int k = from; k < to; k++) {
                        packed.addRaw(raw[k], Frame.Reason.NO_MAPPING);
                    }
                    return packed;
                });
            }
            return maps;
        });
        if (attributes.contents() == KernelMapAttributes.Contents.BUILD_ID) {
            // Counted as the kernel does, 32 bytes a frame; raw frames take a third of that.
            assertThat(attributes.bytes()).isBetween(measured, 4 * measured);
        } else {
            RetainedHeap.agrees(attributes.bytes(), measured);
        }
    }
}
