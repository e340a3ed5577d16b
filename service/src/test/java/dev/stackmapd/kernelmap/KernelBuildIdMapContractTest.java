package dev.stackmapd.kernelmap;

import dev.stackmapd.dedupe.OfferedMaps;
import dev.stackmapd.dedupe.StackMap;
import dev.stackmapd.dedupe.StackMapContract;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.Stack;
import java.util.List;

class KernelBuildIdMapContractTest extends StackMapContract<Integer, KernelSample> {
    private static final long LOAD = 0x7000_0000;

    @Override
    protected StackMap<Integer, KernelSample> open() {
        return OfferedMaps.of(KernelFixture.buildIdMap(10_000, 127));
    }

    @Override
    protected KernelSample offered(int number) {
        return new KernelSample(new long[] {LOAD + number}, 0, KernelFixture.translatingTo(LOAD));
    }

    @Override
    protected Stack expected(int number) {
        return new Stack(List.of(new Frame.InFile(KernelFixture.BINARY, new FileOffset(number))), false);
    }
}
