package dev.stackmapd.ingest;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// As many platform threads as there are processors, for what computes or calls the system in ways that hold a thread.
/// Requests wait for them on virtual threads, which cost nothing. One kind of work each, so that one kind cannot keep
/// another waiting. Thread-safe.
public final class ComputeThreads implements AutoCloseable {
    private final ExecutorService threads;

    /// @param kind of work; names the threads
    public ComputeThreads(String kind) {
        this.threads = Executors.newFixedThreadPool(
                Runtime.getRuntime().availableProcessors(),
                Thread.ofPlatform().daemon().name(kind + "-", 0).factory());
    }

    /// Computes on one of the threads, and waits. Unchecked exceptions come out as they are.
    public <T> T compute(Supplier<T> work) {
        try {
            return threads.submit(work::get).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RefusedException.of(RefusedException.Kind.BUSY, "the service is stopping");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
