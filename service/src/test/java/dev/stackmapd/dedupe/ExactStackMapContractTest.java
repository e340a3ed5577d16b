package dev.stackmapd.dedupe;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class ExactStackMapContractTest extends StackMapContract<StackId, PackedStack> {
    private final FrameBases bases = Packing.bases(100);

    @Override
    protected StackMap<StackId, PackedStack> open() {
        return OfferedMaps.of(new ExactStackMap(bases, 64 << 20));
    }

    @Override
    protected PackedStack offered(int number) {
        return Packing.pack(expected(number), bases);
    }

    @Override
    protected Stack expected(int number) {
        Random random = new Random(number);
        List<Frame> frames = new ArrayList<>();
        for (int depth = number % 130; depth >= 0; depth--) {
            frames.add(frame(random));
        }
        frames.add(new Frame.Raw(number, Frame.Reason.NO_MAPPING));
        return new Stack(frames, random.nextBoolean());
    }

    private static Frame frame(Random random) {
        long value = random.nextLong() >> random.nextInt(64);
        return random.nextInt(4) == 0
                ? new Frame.Raw(value, Frame.Reason.ofCode(random.nextInt(11)))
                : new Frame.InFile(BuildId.of(new byte[] {(byte) random.nextInt(100)}), new FileOffset(value));
    }
}
