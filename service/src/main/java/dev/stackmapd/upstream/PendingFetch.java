package dev.stackmapd.upstream;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// One caller's place in a fetch. While one is open, the fetch goes on; close it to give up. Thread-safe.
public final class PendingFetch implements AutoCloseable {
    private final CompletableFuture<FetchReport> result;
    private final Runnable leave;
    private final AtomicBoolean left = new AtomicBoolean();

    PendingFetch(CompletableFuture<FetchReport> result, Runnable leave) {
        this.result = result;
        this.leave = leave;
    }

    /// Waits until the fetch is over.
    public FetchReport await() throws InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw broken(e);
        }
    }

    /// Empty if the fetch still runs after that time; one may wait again.
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
