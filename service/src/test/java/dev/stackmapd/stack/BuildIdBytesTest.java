package dev.stackmapd.stack;

import dev.stackmapd.RetainedHeap;
import dev.stackmapd.elfcore.elf.BuildId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the memory plan counts for a build-id is what one takes.
class BuildIdBytesTest {

    @ParameterizedTest
    @ValueSource(ints = {30_000, 100_000})
    void ofNumbers(int count) {
        long measured = RetainedHeap.of(() -> {
            BuildIds buildIds = new BuildIds(1 << 20);
            for (int i = 0; i < count; i++) {
                var _ = Packing.numberOf(
                        buildIds, BuildId.parse("%040x".formatted(i)).orElseThrow());
            }
            return buildIds;
        });
        RetainedHeap.agrees((long) BuildIds.BYTES_PER_ID * count, measured);
    }
}
