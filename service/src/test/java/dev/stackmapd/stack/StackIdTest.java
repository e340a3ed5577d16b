package dev.stackmapd.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every expected id is the first 32 digits that `xxd -r -p | sha256sum` printed for the canonical form, which was
/// written by hand or by a Python script that knows nothing of this code.
class StackIdTest {
    private static final BuildId SHORT = BuildId.of(new byte[] {0x0a, 0x0b});
    private static final BuildId TWENTY = counting(1, 20);
    private static final BuildId PADDED = padded(SHORT, 20);
    private static final BuildId SIXTY_FOUR = counting(0, 64);

    record Example(String id, Stack stack) {}

    static List<Example> examples() {
        return List.of(
                new Example("4e71c1867db2079a9a7c6ea3db3995e9", stack(raw(0x401000))),
                new Example("e2ed231e6d000f104f82a042ea1cc6f5", stack(inFile(SHORT, 0x1234))),
                new Example(
                        "d9542bc9738a0469cae549d99437032e",
                        new Stack(List.of(inFile(SHORT, 0x1234), raw(0x401000)), true)),
                new Example("1e0ba320b793edd7522bc0af08e5effc", stack(inFile(TWENTY, 1L << 40))),
                new Example("0ba07ae1ca3afd459b611e8a39896019", stack(inFile(SIXTY_FOUR, -8))),
                new Example("d1261d351b48a5b720d6ab3e8ae75d57", stack(raw(0xffffffff81000000L))),
                new Example("7d90d0aeee920876c33735679b705d2e", stack(raw(Long.MIN_VALUE))),
                new Example("71b6c1d53832f789a7f2435a7c629245", stack(raw(0))),
                new Example(
                        "b07fcfbe7511f609548e78ef4b27c3a4",
                        new Stack(
                                IntStream.rangeClosed(1, 127)
                                        .mapToObj(i -> inFile(TWENTY, 0x1000L * i))
                                        .toList(),
                                false)),
                new Example("e2ed231e6d000f104f82a042ea1cc6f5", stack(inFile(PADDED, 0x1234))),
                new Example(
                        "f2ecd7f45a70c3e9546ff3c046ae9481",
                        new Stack(
                                List.of(
                                        inFile(SHORT, 0x1234),
                                        inFile(PADDED, 0x10),
                                        inFile(TWENTY, 5),
                                        inFile(SHORT, 1)),
                                false)),
                new Example(
                        "d0a2b1b0df1ed3bd911b5693c73b00a5",
                        new Stack(List.of(inFile(PADDED, 0x10), inFile(TWENTY, 5), inFile(SHORT, 1)), false)),
                new Example(
                        "cf31e3a451c7f7865e47c90d14860004", stack(inFile(BuildId.ofHtlhash(counted(0, 16)), 0x1234))),
                new Example("e5829ff10260976fd2891b8a3cb45862", stack(new Frame.InKernel(SHORT, 0x1234))),
                new Example("e5829ff10260976fd2891b8a3cb45862", stack(new Frame.InKernel(PADDED, 0x1234))),
                new Example("a52886adf714793e0ed6eca62d55feab", stack(new Frame.Named("jvm", "f", "A.j", 7))),
                new Example(
                        "8330fb86eebda237eb30b2b320d76163",
                        new Stack(
                                List.of(
                                        new Frame.Named("cpython", "gr\u00f6\u00dfe", "", 0),
                                        inFile(SHORT, 5),
                                        new Frame.InKernel(PADDED, 6),
                                        inFile(BuildId.ofHtlhash(new byte[16]), 7),
                                        new Frame.Named("jit", "gr\u00f6\u00dfe", "", Integer.MAX_VALUE),
                                        raw(Long.MIN_VALUE),
                                        new Frame.Named("cpython", "gr\u00f6\u00dfe", "", 1)),
                                true)),
                new Example("b4f789e4ccb7330e350f2d0403d73a64", stack(inFile(BuildId.of(new byte[20]), 1))),
                new Example("a493db4b537fe51a1eb91ec6baa08232", stack(inFile(padded(TWENTY, 21), 1))),
                new Example(
                        "771a1ba2599b020ea54cfcc57aa14c1e",
                        new Stack(
                                IntStream.range(0, 200)
                                        .mapToObj(i -> inFile(BuildId.of(new byte[] {0, (byte) i, 1}), i))
                                        .toList(),
                                false)));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void isWhatSha256sumSaysOfTheCanonicalForm(Example example) {
        assertThat(StackId.of(example.stack())).hasToString(example.id());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void isTheSameForPackedFrames(Example example) {
        FrameBases bases = Packing.bases(256);
        PackedStack packed = Packing.pack(example.stack(), bases);
        long[] words = new long[packed.length() + 2];
        System.arraycopy(packed.words(), 0, words, 1, packed.length());
        StackId.Digest digest = new StackId.Digest();
        for (int round = 0; round < 2; round++) {
            assertThat(digest.of(words, 1, packed.length(), packed.truncated(), bases))
                    .hasToString(example.id());
        }
    }

    @Test
    void theReasonOfARawFrameIsNotPartOfIt() {
        for (Frame.Reason reason : Frame.Reason.values()) {
            assertThat(StackId.of(stack(new Frame.Raw(0x401000, reason))))
                    .as("%s", reason)
                    .hasToString("4e71c1867db2079a9a7c6ea3db3995e9");
        }
    }

    @Test
    void parsesExactlyWhatItPrints() {
        String text = "4e71c1867db2079a9a7c6ea3db3995e9";
        assertThat(StackId.parse(text)).contains(StackId.of(stack(raw(0x401000))));
        assertThat(StackId.parse(text)).map(StackId::toString).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "4e71c1867db2079a9a7c6ea3db3995e",
                "4e71c1867db2079a9a7c6ea3db3995e90",
                "4E71C1867db2079a9a7c6ea3db3995e9",
                "4e71c1867db2079a9a7c6ea3db3995eg",
                "+e71c1867db2079a9a7c6ea3db3995e9",
                "4e71c1867db2079a9a7c6ea3db3995e\u0665"
            })
    void refusesWhatItWouldNotPrint(String text) {
        assertThat(StackId.parse(text)).isEmpty();
    }

    @Test
    void ordersAsItsTextDoes() {
        List<StackId> ids = new ArrayList<>();
        for (long high : new long[] {0, 1, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            for (long low : new long[] {0, 1, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
                ids.add(new StackId(high, low));
            }
        }
        List<String> texts = ids.stream().map(StackId::toString).sorted().toList();
        Collections.sort(ids);
        assertThat(ids).map(StackId::toString).isEqualTo(texts);
        assertThat(ids)
                .map(id -> StackId.parse(id.toString()))
                .isEqualTo(ids.stream().map(Optional::of).toList());
    }

    private static Stack stack(Frame frame) {
        return new Stack(List.of(frame), false);
    }

    private static Frame raw(long address) {
        return new Frame.Raw(address, Frame.Reason.NO_MAPPING);
    }

    private static Frame inFile(BuildId buildId, long offset) {
        return new Frame.InFile(buildId, new FileOffset(offset));
    }

    private static BuildId padded(BuildId buildId, int length) {
        return BuildId.of(Arrays.copyOf(buildId.toBytes(), length));
    }

    private static BuildId counting(int from, int count) {
        return BuildId.of(counted(from, count));
    }

    private static byte[] counted(int from, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (from + i);
        }
        return bytes;
    }
}
