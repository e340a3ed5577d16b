package dev.stackmapd.store.memory;

import dev.stackmapd.RetainedHeap;
import dev.stackmapd.store.BatchStore;
import dev.stackmapd.store.memory.CommittedBatches.Completion;
import dev.stackmapd.store.memory.CommittedBatches.KnownBatch;
import dev.stackmapd.store.memory.CommittedBatches.StoredReceipt;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is remembered of batches takes what it may take.
class CommittedBatchesBytesTest {

    @ParameterizedTest
    @CsvSource({"4000000, 0, 0", "16000000, 0, 0", "16000000, 100, 0", "16000000, 0, 2000"})
    void whenFull(int maxBytes, int stacks, int characters) {
        long measured = RetainedHeap.of(() -> {
            CommittedBatches batches = new CommittedBatches(Duration.ofHours(1), maxBytes, InstantSource.system());
            for (int i = 0; batches.forgottenEarly() < 10; i++) {
                BatchStore.Key key = new BatchStore.Key("sender-" + i, "agent/" + i);
                KnownBatch entry = batches.entry(new byte[32]);
                batches.claim(key, entry);
                StoredReceipt answer =
                        new StoredReceipt(new int[stacks], stacks, "é".repeat(characters) + "\u2026" + i);
                batches.settle(key, entry, new Completion.Committed(answer));
            }
            return batches;
        });
        RetainedHeap.agrees(maxBytes, measured);
    }
}
