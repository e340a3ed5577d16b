package dev.stackmapd.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.store.BatchStore;
import dev.stackmapd.store.memory.CommittedBatches.Completion;
import dev.stackmapd.store.memory.CommittedBatches.KnownBatch;
import dev.stackmapd.store.memory.CommittedBatches.StoredReceipt;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CommittedBatchesTest {
    private static final byte[] CONTENT = {1, 2, 3, 4};

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
    private final CommittedBatches batches = new CommittedBatches(Duration.ofHours(24), 10_000, now::get);

    @Test
    void anAnswerIsForgottenAfterTheWindow() {
        take(key("a"));
        now.set(now.get().plus(Duration.ofHours(24)).minusMillis(1));
        assertThat(isKnown(key("a"))).isTrue();
        now.set(now.get().plusMillis(1));
        assertThat(isKnown(key("a"))).isFalse();
        assertThat(batches.forgottenEarly()).isZero();
    }

    @Test
    void theOldestAnswersAreForgottenWhenMemoryRunsOut() {
        for (int i = 0; i < 100; i++) {
            take(key("batch " + i));
        }
        assertThat(isKnown(key("batch 99"))).isTrue();
        assertThat(isKnown(key("batch 0"))).isFalse();
        assertThat(batches.forgottenEarly()).isPositive();
    }

    @Test
    void anOpenBatchIsNotForgotten() {
        KnownBatch open = batches.entry(CONTENT);
        batches.claim(key("open"), open);
        for (int i = 0; i < 100; i++) {
            take(key("batch " + i));
        }
        now.set(now.get().plus(Duration.ofDays(2)));
        assertThat(batches.claim(key("open"), batches.entry(CONTENT))).isSameAs(open);
    }

    private void take(BatchStore.Key key) {
        KnownBatch entry = batches.entry(CONTENT);
        assertThat(batches.claim(key, entry)).isSameAs(entry);
        batches.settle(key, entry, new Completion.Committed(new StoredReceipt(new int[] {1}, 1, "")));
    }

    /// Leaves no trace.
    private boolean isKnown(BatchStore.Key key) {
        KnownBatch probe = batches.entry(CONTENT);
        if (batches.claim(key, probe) == probe) {
            batches.settle(key, probe, new Completion.Aborted());
            return false;
        }
        return true;
    }

    private static BatchStore.Key key(String batchId) {
        return new BatchStore.Key("", batchId);
    }
}
