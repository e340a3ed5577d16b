package dev.stackmapd.ingest;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Bounds what batches cost at once: how many are held in memory, and how many threads compute.
///
/// Thread-safe.
public final class Workers implements AutoCloseable {
    private static final int WAIT_SECONDS = 10;

    private final Semaphore places;
    private final ComputeThreads threads = new ComputeThreads("ingest");

    /// @param maxConcurrent batches in memory at once
    public Workers(int maxConcurrent) {
        this.places = new Semaphore(maxConcurrent, true);
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

    /// See [ComputeThreads#compute].
    public <T> T compute(Supplier<T> work) {
        return threads.compute(work);
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
