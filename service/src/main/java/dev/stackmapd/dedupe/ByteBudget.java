package dev.stackmapd.dedupe;

import java.util.concurrent.atomic.AtomicLong;

/// Bytes that may be taken, and how many are. Exact under any number of threads.
final class ByteBudget {
    private final long max;
    private final AtomicLong taken = new AtomicLong();

    ByteBudget(long max) {
        this.max = max;
    }

    /// All or none.
    boolean take(long bytes) {
        for (; ; ) {
            long now = taken.get();
            if (bytes > max - now) {
                return false;
            }
            if (taken.compareAndSet(now, now + bytes)) {
                return true;
            }
        }
    }

    void give(long bytes) {
        if (bytes < 0 || taken.addAndGet(-bytes) < 0) {
            throw new IllegalStateException("gave back bytes that were not taken: " + bytes);
        }
    }

    long taken() {
        return taken.get();
    }

    long max() {
        return max;
    }
}
