package dev.stackmapd.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import java.util.ArrayList;
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
    private static final BuildId SIXTY_FOUR = counting(0, 64);

    record Example(String id, Stack stack) {}

    static List<Example> examples() {
        return List.of(
                new Example("8ec956cf233b517a47964d20f0172f5b", stack(raw(0x401000))),
                new Example("7a6f6a61be1a15a74e2ea854416f7c3a", stack(inFile(SHORT, 0x1234))),
                new Example(
                        "829f3998661e7ac59619c316a65c60b2",
                        new Stack(List.of(inFile(SHORT, 0x1234), raw(0x401000)), true)),
                new Example("55672498b556f1ec20dd989b8f973293", stack(inFile(TWENTY, 1L << 40))),
                new Example("88cd1a122bf304be4270352e4ddd971a", stack(inFile(SIXTY_FOUR, -8))),
                new Example("67dc16ef90b3c6e74f75abb78346e3f9", stack(raw(0xffffffff81000000L))),
                new Example("633d710a0a7b15120115ca6bb581df89", stack(raw(Long.MIN_VALUE))),
                new Example("01d448afd928065458cf670b60f5a594", stack(raw(0))),
                new Example(
                        "25ee293d7b08a8680bf5853b2596d489",
                        new Stack(
                                IntStream.rangeClosed(1, 127)
                                        .mapToObj(i -> inFile(TWENTY, 0x1000L * i))
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
        BuildIds buildIds = new BuildIds(8);
        assertThat(StackId.of(Packing.pack(example.stack(), buildIds), buildIds))
                .hasToString(example.id());
    }

    @Test
    void theReasonOfARawFrameIsNotPartOfIt() {
        for (Frame.Reason reason : Frame.Reason.values()) {
            assertThat(StackId.of(stack(new Frame.Raw(0x401000, reason))))
                    .as("%s", reason)
                    .hasToString("8ec956cf233b517a47964d20f0172f5b");
        }
    }

    @Test
    void parsesExactlyWhatItPrints() {
        String text = "8ec956cf233b517a47964d20f0172f5b";
        assertThat(StackId.parse(text)).contains(StackId.of(stack(raw(0x401000))));
        assertThat(StackId.parse(text)).map(StackId::toString).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "8ec956cf233b517a47964d20f0172f5",
                "8ec956cf233b517a47964d20f0172f5b0",
                "8EC956cf233b517a47964d20f0172f5b",
                "8ec956cf233b517a47964d20f0172f5g",
                "+ec956cf233b517a47964d20f0172f5b",
                "8ec956cf233b517a47964d20f0172f5\u0665"
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

    private static BuildId counting(int from, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (from + i);
        }
        return BuildId.of(bytes);
    }
}
