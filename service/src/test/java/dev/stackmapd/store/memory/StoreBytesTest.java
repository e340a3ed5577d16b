package dev.stackmapd.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.RetainedHeap;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.series.Labels;
import dev.stackmapd.series.SampleType;
import dev.stackmapd.series.Series;
import dev.stackmapd.series.TimeBuckets;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBase;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import dev.stackmapd.store.BatchTransaction;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the store says that it takes is what it takes.
class StoreBytesTest {
    @ParameterizedTest
    @CsvSource({"30000, 16", "100000, 16", "20000, 127"})
    void ofStacks(int stacks, int depth) {
        FrameBase library = id(0);
        List<InMemoryStore> made = new ArrayList<>();
        long measured = RetainedHeap.of(() -> {
            InMemoryStore store = store();
            PackedStack stack = new PackedStack();
            for (int i = 0; i < stacks; i += 1_000) {
                try (BatchTransaction transaction = store.batches().begin()) {
                    int number = transaction.bases().numberOf(library).orElseThrow();
                    for (int k = 0; k < 1_000; k++) {
                        stack.clear();
                        for (int frame = 0; frame < depth; frame++) {
                            stack.addBased(number, (long) (i + k) * depth + frame);
                        }
                        transaction.add(stack, 1, 1);
                    }
                    assertThat(transaction.commit("")).isInstanceOf(BatchTransaction.CommitResult.Stored.class);
                }
            }
            made.add(store);
            return store;
        });
        RetainedHeap.agrees(made.getFirst().bytes(), measured);
    }

    @ParameterizedTest
    @ValueSource(ints = {20_000, 60_000})
    void ofBinaries(int binaries) {
        List<InMemoryStore> made = new ArrayList<>();
        long measured = RetainedHeap.of(() -> {
            InMemoryStore store = store();
            PackedStack stack = new PackedStack();
            for (int i = 0; i < binaries; i += 1_000) {
                try (BatchTransaction transaction = store.batches().begin()) {
                    stack.clear();
                    for (int k = 0; k < 1_000; k++) {
                        stack.addBased(transaction.bases().numberOf(id(i + k)).orElseThrow(), 1);
                        transaction.mapped(buildId(i + k), "/usr/lib/x86_64-linux-gnu/library-%d.so".formatted(i + k));
                    }
                    transaction.add(stack, 1, 1);
                    assertThat(transaction.commit("")).isInstanceOf(BatchTransaction.CommitResult.Stored.class);
                }
            }
            made.add(store);
            return store;
        });
        RetainedHeap.agrees(made.getFirst().bytes() + (long) binaries * FrameBases.BINARY_BYTES, measured);
    }

    /// Few cells of many rows, and many of few.
    @ParameterizedTest
    @CsvSource({"50, 3000", "5000, 30", "20000, 1"})
    void ofSightings(int cells, int rows) {
        List<InMemoryStore> made = new ArrayList<>();
        long measured = RetainedHeap.of(() -> {
            InMemoryStore store = store();
            PackedStack stack = new PackedStack();
            for (int cell = 0; cell < cells; cell++) {
                try (BatchTransaction transaction = store.batches().begin()) {
                    transaction.series(series(cell % 50), SampleType.Aggregation.SUM);
                    for (int row = 0; row < rows; row++) {
                        stack.clear();
                        stack.addRaw(row, Frame.Reason.NO_MAPPING);
                        transaction.add(stack, 1, TimeBuckets.start(cell));
                    }
                    assertThat(transaction.commit("")).isInstanceOf(BatchTransaction.CommitResult.Stored.class);
                }
            }
            made.add(store);
            return store;
        });
        RetainedHeap.agrees(made.getFirst().bytes(), measured);
    }

    private static Series series(int number) {
        Labels.Builder labels = new Labels.Builder();
        assertThat(labels.add("service_name", "service-" + number)).isEmpty();
        assertThat(labels.add("pod", "service-5d9f-" + number)).isEmpty();
        return new Series(SampleType.SAMPLES, labels.build());
    }

    private static InMemoryStore store() {
        return new InMemoryStore(
                new InMemoryStore.Limits(1 << 30, 1 << 28, 1 << 20, Duration.ofHours(1)),
                Packing.bases(1 << 20),
                InstantSource.system());
    }

    private static FrameBase id(int number) {
        return new FrameBase.File(buildId(number));
    }

    private static BuildId buildId(int number) {
        return BuildId.parse("%040x".formatted(number + 1)).orElseThrow();
    }
}
