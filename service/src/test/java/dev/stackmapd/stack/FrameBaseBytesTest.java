package dev.stackmapd.stack;

import dev.stackmapd.RetainedHeap;
import dev.stackmapd.elfcore.elf.BuildId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the memory plan counts for a base is what one takes.
class FrameBaseBytesTest {

    @ParameterizedTest
    @ValueSource(ints = {30_000, 100_000})
    void ofNumbers(int count) {
        long measured = RetainedHeap.of(() -> {
            FrameBases bases = Packing.bases(1 << 20);
            for (int i = 0; i < count; i++) {
                var _ = Packing.numberOf(
                        bases, BuildId.parse("%040x".formatted(i)).orElseThrow());
            }
            return bases;
        });
        RetainedHeap.agrees((long) FrameBases.BINARY_BYTES * count, measured);
    }

    @ParameterizedTest
    @CsvSource({"30000, 1", "30000, 100"})
    void ofFunctions(int count, int files) {
        List<FrameBases> made = new ArrayList<>();
        long measured = RetainedHeap.of(() -> {
            FrameBases bases = Packing.bases(1 << 20);
            for (int i = 0; i < count; i++) {
                var _ = Packing.numberOf(
                        bases,
                        new FrameBase.Function(
                                "jvm", "com.example.größe.Name\u2026" + i, "/src/com/example/Name" + i % files));
            }
            made.add(bases);
            return bases;
        });
        RetainedHeap.agrees(made.getFirst().bytes(), measured);
    }
}
