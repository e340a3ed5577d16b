package dev.stackmapd.request;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A fixed pool of platform threads, one for each processor, for work that computes or makes system
/// calls that pin a thread. Requests wait for the pool on virtual threads, which are cheap. Each kind of
/// work has a pool of its own, so that one kind cannot starve another. Thread-safe.
public final class ComputePool implements AutoCloseable {
    private final String name;
    private final ThreadPoolExecutor threads;
    private volatile long lastFinished = System.nanoTime();

    /// @param name of the kind of work, such as `query`; the threads are named after it
    public ComputePool(String name) {
        int count = Runtime.getRuntime().availableProcessors();
        this.name = name;
        this.threads = new ThreadPoolExecutor(
                count,
                count,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name(name + "-", 0).factory());
    }

    /// Returns the name of the kind of work.
    public String name() {
        return name;
    }

    /// Runs `work` on one of the pool's threads and blocks until it has finished. Rethrows the unchecked
    /// exceptions and errors that `work` throws.
    ///
    /// @throws RejectionException of category `BUSY` if the calling thread is interrupted
    public <T> T compute(Supplier<T> work) {
        Waiting<T> waiting = new Waiting<>(() -> finish(work));
        threads.execute(waiting);
        try {
            return waiting.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RejectionException.of(RejectionException.Category.BUSY, "the service is stopping");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    private <T> T finish(Supplier<T> work) {
        try {
            return work.get();
        } finally {
            lastFinished = System.nanoTime();
        }
    }

    /// Returns how long the oldest queued task has waited without any thread finishing a task; zero if
    /// the queue is empty.
    public Duration stalledFor() {
        if (!(threads.getQueue().peek() instanceof Waiting<?> first)) {
            return Duration.ZERO;
        }
        long now = System.nanoTime();
        return Duration.ofNanos(Math.clamp(now - first.since, 0, Math.max(now - lastFinished, 0)));
    }

    /// A task with the time at which it was queued.
    private static final class Waiting<T> extends FutureTask<T> {
        private final long since = System.nanoTime();

        Waiting(Callable<T> work) {
            super(work);
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
