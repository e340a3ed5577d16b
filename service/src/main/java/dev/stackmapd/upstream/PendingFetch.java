package dev.stackmapd.upstream;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// One caller's handle on a fetch. The fetch continues while at least one handle is open. Thread-safe.
public final class PendingFetch implements AutoCloseable {
    private final CompletableFuture<FetchReport> result;
    private final Runnable leave;
    private final AtomicBoolean left = new AtomicBoolean();

    PendingFetch(CompletableFuture<FetchReport> result, Runnable leave) {
        this.result = result;
        this.leave = leave;
    }

    /// Blocks until the fetch has ended.
    public FetchReport await() throws InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw broken(e);
        }
    }

    /// Blocks until the fetch has ended, for at most `patience`; empty if it still runs. May be called
    /// again.
    public Optional<FetchReport> await(Duration patience) throws InterruptedException {
        try {
            return Optional.of(result.get(patience.toNanos(), NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw broken(e);
        }
    }

    private static IllegalStateException broken(ExecutionException e) {
        return new IllegalStateException("a fetch broke, most likely in its sink", e.getCause());
    }

    @Override
    public void close() {
        if (left.compareAndSet(false, true)) {
            leave.run();
        }
    }
}
