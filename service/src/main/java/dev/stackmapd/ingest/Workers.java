package dev.stackmapd.ingest;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Bounds what batches cost at once: how many are held in memory, and how many threads compute.
///
/// Requests wait on virtual threads, which cost nothing; what computes, or calls the system in ways that hold a thread,
/// runs on as many platform threads as there are processors. Thread-safe.
public final class Workers implements AutoCloseable {
    private static final int WAIT_SECONDS = 10;

    private final Semaphore places;
    private final ExecutorService threads;

    /// @param maxConcurrent batches in memory at once
    public Workers(int maxConcurrent) {
        this.places = new Semaphore(maxConcurrent, true);
        this.threads = Executors.newFixedThreadPool(
                Runtime.getRuntime().availableProcessors(),
                Thread.ofPlatform().daemon().name("ingest-", 0).factory());
    }

    /// A place for one batch, to be closed when the batch is done. Waits for one before the body is read, so that
    /// senders feel it.
    ///
    /// @throws RefusedException of kind `BUSY` when there is none for ten seconds
    public Place enter() {
        try {
            if (places.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                return places::release;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw RefusedException.of(RefusedException.Kind.BUSY, "too many batches at once");
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

    /// A place among the batches held in memory.
    public interface Place extends AutoCloseable {
        @Override
        void close();
    }
}
