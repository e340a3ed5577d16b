package dev.stackmapd.request;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// As many platform threads as there are processors, for what computes or calls the system in ways that hold a thread.
/// Requests wait for them on virtual threads, which cost nothing. One kind of work each, so that one kind cannot keep
/// another waiting. Thread-safe.
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

    public String name() {
        return name;
    }

    /// Computes on one of the threads, and waits. Unchecked exceptions come out as they are.
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

    /// Returns for how long work has waited without any of the threads finishing what it does; zero if none waits.
    public Duration stalledFor() {
        if (!(threads.getQueue().peek() instanceof Waiting<?> first)) {
            return Duration.ZERO;
        }
        long now = System.nanoTime();
        return Duration.ofNanos(Math.clamp(now - first.since, 0, Math.max(now - lastFinished, 0)));
    }

    /// Work that remembers since when it waits.
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
