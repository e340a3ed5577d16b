package dev.stackmapd.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.stack.StackId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class BatchLedgerTest {
    private static final byte[] CONTENT = {1, 2, 3, 4};
    private static final byte[] OTHER = {1, 2, 3, 5};

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
    private final BatchLedger ledger = new BatchLedger(Duration.ofHours(24), 10_000, now::get);

    @Test
    void theSameIdWithTheSameContentGetsTheFirstAnswer() {
        AtomicInteger taken = new AtomicInteger();
        BatchReceipt first = ledger.once(key("a"), CONTENT, () -> receipt(taken.incrementAndGet()));
        BatchReceipt second = ledger.once(key("a"), CONTENT, () -> receipt(taken.incrementAndGet()));
        assertThat(second).isSameAs(first);
        assertThat(taken).hasValue(1);
    }

    @Test
    void theSameIdWithOtherContentIsAConflict() {
        ledger.once(key("a"), CONTENT, () -> receipt(1));
        assertThatThrownBy(() -> ledger.once(key("a"), OTHER, () -> receipt(1)))
                .isInstanceOfSatisfying(RefusedException.class, e -> {
                    assertThat(e.kind()).isEqualTo(RefusedException.Kind.CONFLICT);
                    assertThat(e.field()).isEqualTo("batchId");
                });
    }

    @Test
    void aBatchThatFailedMayComeAgain() {
        RefusedException full = RefusedException.of(RefusedException.Kind.FULL, "no room");
        assertThatThrownBy(() -> ledger.once(key("a"), CONTENT, () -> {
                    throw full;
                }))
                .isSameAs(full);
        assertThat(ledger.once(key("a"), OTHER, () -> receipt(7)).added()).isEqualTo(7);
    }

    @Test
    void anAnswerIsForgottenAfterTheWindow() {
        ledger.once(key("a"), CONTENT, () -> receipt(1));
        now.set(now.get().plus(Duration.ofHours(24)).minusMillis(1));
        assertThat(ledger.once(key("a"), CONTENT, () -> receipt(2)).added()).isEqualTo(1);
        now.set(now.get().plusMillis(1));
        assertThat(ledger.once(key("a"), CONTENT, () -> receipt(2)).added()).isEqualTo(2);
        assertThat(ledger.forgottenEarly()).isZero();
    }

    @Test
    void theOldestAnswersAreForgottenWhenMemoryRunsOut() {
        for (int i = 0; i < 100; i++) {
            ledger.once(key("batch " + i), CONTENT, () -> receipt(1));
        }
        assertThat(ledger.once(key("batch 99"), CONTENT, () -> receipt(2)).added())
                .isEqualTo(1);
        assertThat(ledger.once(key("batch 0"), CONTENT, () -> receipt(2)).added())
                .isEqualTo(2);
        assertThat(ledger.forgottenEarly()).isPositive();
    }

    @Test
    void batchesOfOneIdAtOnceAreTakenOnce() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<BatchReceipt>> answers = new ArrayList<>();
            answers.add(threads.submit(() -> ledger.once(key("a"), CONTENT, () -> {
                first.countDown();
                await(others);
                return receipt(taken.incrementAndGet());
            })));
            first.await();
            for (int i = 0; i < 32; i++) {
                answers.add(
                        threads.submit(() -> ledger.once(key("a"), CONTENT, () -> receipt(taken.incrementAndGet()))));
            }
            others.countDown();
            for (Future<BatchReceipt> answer : answers) {
                assertThat(answer.get()).isSameAs(answers.getFirst().get());
            }
        }
        assertThat(taken).hasValue(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BatchReceipt receipt(int added) {
        return new BatchReceipt(List.of(new StackId(1, 2)), added, new BatchReceipt.Frames(0, Map.of()), List.of());
    }

    @Test
    void anIdBelongsToItsSender() {
        ledger.once(new BatchLedger.Key("attacker", "a"), OTHER, () -> receipt(1));
        assertThat(ledger.once(new BatchLedger.Key("victim", "a"), CONTENT, () -> receipt(2))
                        .added())
                .isEqualTo(2);
        assertThat(ledger.once(new BatchLedger.Key("", "a"), CONTENT, () -> receipt(3))
                        .added())
                .isEqualTo(3);
        assertThat(ledger.once(new BatchLedger.Key("victim", "a"), CONTENT, () -> receipt(4))
                        .added())
                .isEqualTo(2);
    }

    private static BatchLedger.Key key(String batchId) {
        return new BatchLedger.Key("", batchId);
    }
}
