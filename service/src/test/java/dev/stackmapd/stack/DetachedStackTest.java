package dev.stackmapd.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetachedStackTest {
    private static final int FRAMES = 1024;
    private final FrameBases bases = Packing.bases(FRAMES);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void holdsTheFramesOfThePackedStack(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            frames.add(frame(random));
        }
        Packed packed = pack(frames);

        assertThat(packed.detached().toStack()).isEqualTo(new Stack(frames, true));
        assertThat(packed.stack().toStack(bases).frames()).isEqualTo(frames);
    }

    @Test
    void outlivesTheNumbersOfItsBuildIds() {
        DetachedStack detached;
        try (FrameBases.Claim claim = bases.claim()) {
            PackedStack packed = new PackedStack();
            packed.addBased(claim.numberOf(new FrameBase.File(id(1, 8))).orElseThrow(), 0x10);
            detached = DetachedStack.of(packed, bases, false);
        }
        assertThat(Packing.numberOf(bases, id(2, 8))).isZero();

        assertThat(detached.toStack())
                .isEqualTo(new Stack(List.of(new Frame.InFile(id(1, 8), new FileOffset(0x10))), false));
    }

    @Test
    void framesAreComparedAtTheTrueLengthOfBuildIdsAndWithoutReasons() {
        BuildId shorter = BuildId.of(new byte[] {1, 2});
        BuildId padded = BuildId.of(new byte[] {1, 2, 0});
        assertThat(same(inFile(shorter, 7), inFile(shorter, 7))).isTrue();
        assertThat(same(inFile(shorter, 7), inFile(padded, 7))).as("DEV-11").isFalse();
        assertThat(same(inFile(shorter, 7), inFile(shorter, 8))).isFalse();
        assertThat(same(raw(7, Frame.Reason.NO_NOTE), raw(7, Frame.Reason.ANONYMOUS)))
                .isTrue();
        assertThat(same(raw(7, Frame.Reason.NO_NOTE), raw(8, Frame.Reason.NO_NOTE)))
                .isFalse();
    }

    @Test
    void equalFramesAreTheSameWhateverNumbersTheyHad() {
        List<Frame> frames = List.of(inFile(id(1, 20), 1), inFile(id(2, 20), 2), inFile(id(1, 20), 3));
        DetachedStack one = pack(frames).detached();
        FrameBases others = Packing.bases(8);
        Packing.numberOf(others, id(9, 20));
        Packing.numberOf(others, id(2, 20));
        PackedStack packed = new PackedStack();
        for (Frame frame : frames) {
            Frame.InFile in = (Frame.InFile) frame;
            packed.addBased(Packing.numberOf(others, in.buildId()), in.offset().value());
        }

        assertThat(one.sameFrames(DetachedStack.of(packed, others, false))).isTrue();
    }

    @Test
    void holdsNothingThatAKernelMapCannotHave() {
        for (Frame frame : List.of(new Frame.InKernel(id(1, 8), 1), new Frame.Named("jvm", "f", "", 0))) {
            assertThatThrownBy(() -> pack(List.of(frame))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private boolean same(Frame one, Frame other) {
        return pack(List.of(one)).detached().sameFrames(pack(List.of(other)).detached());
    }

    private record Packed(PackedStack stack, DetachedStack detached) {}

    private Packed pack(List<Frame> frames) {
        PackedStack packed = Packing.pack(new Stack(frames, false), bases);
        return new Packed(packed, DetachedStack.of(packed, bases, true));
    }

    private static Frame frame(SplittableRandom random) {
        long value = random.nextLong() >>> random.nextInt(64);
        Frame.Reason[] reasons = Frame.Reason.values();
        return random.nextInt(3) == 0
                ? raw(value, reasons[random.nextInt(reasons.length)])
                : inFile(id(random.nextInt(400), 1 + random.nextInt(2) * (BuildId.MAX_BYTES - 1)), value);
    }

    private static BuildId id(int number, int length) {
        byte[] bytes = new byte[length];
        bytes[0] = (byte) number;
        bytes[length - 1] = (byte) (number >>> 8 ^ number);
        return BuildId.of(bytes);
    }

    private static Frame inFile(BuildId id, long offset) {
        return new Frame.InFile(id, new FileOffset(offset));
    }

    private static Frame raw(long address, Frame.Reason reason) {
        return new Frame.Raw(address, reason);
    }
}
