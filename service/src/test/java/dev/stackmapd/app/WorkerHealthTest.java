package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.ingest.ComputeThreads;
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
        try (ComputeThreads idle = new ComputeThreads("idle");
                ComputeThreads busy = new ComputeThreads("busy")) {
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
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            assertThat(busy.stalledFor()).isZero();
        }
    }

    private static Thread occupy(ComputeThreads pool, CountDownLatch until) {
        return Thread.startVirtualThread(() -> pool.compute(() -> {
            try {
                until.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 0;
        }));
    }

    /// Work that waits behind work which goes on is not stalled.
    @Test
    void isUpWhileTheThreadsFinishOneThingAfterAnother() throws Exception {
        try (ComputeThreads busy = new ComputeThreads("busy")) {
            Thread[] work = new Thread[40 * Runtime.getRuntime().availableProcessors()];
            for (int i = 0; i < work.length; i++) {
                work[i] = Thread.startVirtualThread(() -> busy.compute(WorkerHealthTest::shortWork));
            }
            Duration longest = Duration.ZERO;
            while (work[work.length - 1].isAlive()) {
                Duration stalled = busy.stalledFor();
                longest = stalled.compareTo(longest) > 0 ? stalled : longest;
                Thread.sleep(1);
            }
            // 400 ms of waiting in all, of which no part was without progress for half as long.
            assertThat(longest).isLessThan(Duration.ofMillis(200));
        }
    }

    private static int shortWork() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }
}
