package dev.stackmapd.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.RetainedHeap;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.stack.BuildIds;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import dev.stackmapd.store.Intake;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the store says that it takes is what it takes.
class StoreBytesTest {
    private final BuildIds buildIds = new BuildIds(1 << 17);

    @ParameterizedTest
    @CsvSource({"30000, 16", "100000, 16", "20000, 127"})
    void ofStacks(int stacks, int depth) {
        BuildId library = id(0);
        int number = Packing.numberOf(buildIds, library);
        List<InMemoryStackStore> made = new ArrayList<>();
        long measured = RetainedHeap.of(() -> {
            InMemoryStackStore store = new InMemoryStackStore(buildIds, 1 << 30);
            PackedStack stack = new PackedStack();
            for (int i = 0; i < stacks; i += 1_000) {
                Intake intake = store.open();
                for (int k = 0; k < 1_000; k++) {
                    stack.clear();
                    for (int frame = 0; frame < depth; frame++) {
                        stack.addInFile(number, (long) (i + k) * depth + frame);
                    }
                    intake.add(stack, 1, 1);
                }
                assertThat(intake.commit()).isInstanceOf(Intake.Commit.Stored.class);
            }
            made.add(store);
            return store;
        });
        RetainedHeap.agrees(made.getFirst().bytes(), measured);
    }

    @ParameterizedTest
    @ValueSource(ints = {20_000, 60_000})
    void ofBinaries(int binaries) {
        List<InMemoryStackStore> made = new ArrayList<>();
        for (int i = 0; i < binaries; i++) {
            var _ = Packing.numberOf(buildIds, id(i));
        }
        long measured = RetainedHeap.of(() -> {
            InMemoryStackStore store = new InMemoryStackStore(buildIds, 1 << 30);
            PackedStack stack = new PackedStack();
            for (int i = 0; i < binaries; i += 1_000) {
                Intake intake = store.open();
                stack.clear();
                for (int k = 0; k < 1_000; k++) {
                    stack.addInFile(Packing.numberOf(buildIds, id(i + k)), 1);
                    intake.mapped(id(i + k), "/usr/lib/x86_64-linux-gnu/library-%d.so".formatted(i + k));
                }
                intake.add(stack, 1, 1);
                assertThat(intake.commit()).isInstanceOf(Intake.Commit.Stored.class);
            }
            made.add(store);
            return store;
        });
        RetainedHeap.agrees(made.getFirst().bytes(), measured);
    }

    private static BuildId id(int number) {
        return BuildId.parse("%040x".formatted(number + 1)).orElseThrow();
    }
}
