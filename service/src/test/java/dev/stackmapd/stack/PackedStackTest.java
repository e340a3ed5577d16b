package dev.stackmapd.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedStackTest {
    private static final FrameBases FEW = Packing.bases(100);
    /// Around every border of the packed form and of the number ranges.
    private static final long[] EDGES = {
        0,
        1,
        -1,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        (1L << 32) - 1,
        1L << 32,
        (1L << 40) - 1,
        1L << 40,
        (1L << 40) + 1,
        (1L << 57) - 1,
        1L << 57,
        -(1L << 57),
        -(1L << 57) - 1,
        1L << 58,
        1L << 61,
        1L << 62,
        -(1L << 62),
        0xffffffff81000000L,
        -4096,
        -4095
    };

    @Test
    void everyEdgeOffsetComesBackInEveryBuildId() {
        for (int ordinal = 0; ordinal < 4; ordinal++) {
            BuildId buildId = BuildId.of(new byte[] {(byte) ordinal});
            assertThat(Packing.numberOf(FEW, buildId)).isLessThan(100);
            for (long offset : EDGES) {
                assertRoundTrip(List.of(new Frame.InFile(buildId, new FileOffset(offset))), FEW);
            }
        }
    }

    @Test
    void everyEdgeAddressComesBackWithEveryReason() {
        for (long address : EDGES) {
            for (Frame.Reason reason : Frame.Reason.values()) {
                assertRoundTrip(List.of(new Frame.Raw(address, reason)), FEW);
            }
        }
    }

    /// As the drawing in the class says; making four million build-ids to read them back would take seconds.
    @Test
    void buildIdNumbersBeyondTheNarrowFormTakeTwoWords() {
        PackedStack packed = new PackedStack();
        packed.addBased((1 << 22) - 1, 0x1234);
        packed.addBased(1 << 22, 0x1234);
        packed.addBased(Integer.MAX_VALUE, -1);
        assertThat(Arrays.copyOf(packed.words(), packed.length()))
                .containsExactly(0x3fffff0000001234L, 0x8000000000400000L, 0x1234, 0x800000007fffffffL, -1);
    }

    /// Wide frames take two words; a reader that loses step would see the second as a frame.
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 20_261_123})
    void mixedFramesComeBack(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<Frame> frames = new ArrayList<>();
            int depth = 1 + random.nextInt(300);
            for (int i = 0; i < depth; i++) {
                frames.add(randomFrame(random));
            }
            assertRoundTrip(frames, FEW);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {4, 5})
    void differentFramesHaveDifferentWords(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            Frame a = randomFrame(random);
            Frame b = randomFrame(random);
            assertThat(words(a).equals(words(b))).as("%s and %s", a, b).isEqualTo(a.equals(b));
        }
    }

    @Test
    void clearForgetsEverything() {
        PackedStack packed = new PackedStack();
        packed.addRaw(1, Frame.Reason.SPECIAL);
        packed.markTruncated();
        packed.clear();
        assertThat(packed.length()).isZero();
        assertThat(packed.depth()).isZero();
        assertThat(packed.truncated()).isFalse();
    }

    private static void assertRoundTrip(List<Frame> frames, FrameBases bases) {
        for (boolean truncated : new boolean[] {false, true}) {
            Stack stack = new Stack(frames, truncated);
            PackedStack packed = Packing.pack(stack, bases);
            assertThat(packed.depth()).isEqualTo(frames.size());
            assertThat(packed.length()).isBetween(frames.size(), 2 * frames.size());
            assertThat(packed.toStack(bases)).isEqualTo(stack);
        }
    }

    private static List<Long> words(Frame frame) {
        PackedStack packed = Packing.pack(new Stack(List.of(frame), false), FEW);
        return Arrays.stream(packed.words(), 0, packed.length()).boxed().toList();
    }

    private static Frame randomFrame(Random random) {
        long value = EDGES[random.nextInt(EDGES.length)] + random.nextInt(-2, 3);
        byte id = (byte) random.nextInt(2);
        return switch (random.nextInt(5)) {
            case 0 -> new Frame.InFile(BuildId.of(new byte[] {id}), new FileOffset(value));
            case 1 -> new Frame.InKernel(BuildId.of(new byte[] {id}), value);
            case 2 -> new Frame.Named("jvm", "f" + id, "", (int) value & Integer.MAX_VALUE);
            default -> new Frame.Raw(value, Frame.Reason.ofCode(random.nextInt(11)));
        };
    }
}
