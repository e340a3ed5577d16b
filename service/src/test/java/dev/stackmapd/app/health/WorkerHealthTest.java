package dev.stackmapd.app.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.request.ComputePool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class WorkerHealthTest {
    private static final Duration PATIENCE = Duration.ofMillis(50);

    @Test
    void isDownWhileWorkWaitsForThreadsThatNeverFinish() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        try (ComputePool idle = new ComputePool("idle");
                ComputePool busy = new ComputePool("busy")) {
            WorkerHealth health = new WorkerHealth(List.of(idle, busy), PATIENCE);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            int threads = Runtime.getRuntime().availableProcessors();
            for (int i = 0; i < threads; i++) {
                occupy(busy, stuck);
            }
            Thread.sleep(PATIENCE.multipliedBy(4));
            // All are at work for longer than that, but nothing waits for them.
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            Thread waiting = occupy(busy, stuck);
            await().until(() -> health.health().getStatus().equals(Status.DOWN));
            assertThat(health.health().getDetails()).containsEntry("pool", "busy");
            stuck.countDown();
            waiting.join();
            await().until(() -> health.health().getStatus().equals(Status.UP));
            await().until(() -> busy.stalledFor().isZero());
        }
    }

    private static Thread occupy(ComputePool pool, CountDownLatch until) {
        return Thread.startVirtualThread(() -> pool.compute(() -> waitFor(until)));
    }

    private static int waitFor(CountDownLatch until) {
        try {
            until.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    /// Work that still waits is stalled since a thread has finished something last, however long it has waited.
    @Test
    void finishedWorkIsProgress() throws Exception {
        int threads = Runtime.getRuntime().availableProcessors();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(1);
        try (ComputePool busy = new ComputePool("busy")) {
            CountDownLatch begun = new CountDownLatch(1);
            Thread finishing = Thread.startVirtualThread(() -> busy.compute(() -> {
                begun.countDown();
                return waitFor(first);
            }));
            begun.await();
            for (int i = 1; i < threads + 2; i++) {
                occupy(busy, others);
            }
            await().until(() -> busy.stalledFor().compareTo(PATIENCE) > 0);
            long released = System.nanoTime();
            first.countDown();
            finishing.join();
            Duration stalled = busy.stalledFor();
            assertThat(stalled).isLessThanOrEqualTo(Duration.ofNanos(System.nanoTime() - released));
            await().until(() -> busy.stalledFor().compareTo(PATIENCE) > 0);
            others.countDown();
        }
    }
}
