package dev.stackmapd.dedupe;

import java.util.concurrent.atomic.AtomicLong;

/// A budget of bytes with an exact count of those in use. Thread-safe.
final class ByteBudget {
    private final long max;
    private final AtomicLong taken = new AtomicLong();

    ByteBudget(long max) {
        this.max = max;
    }

    /// Takes all `bytes` or none. Returns false if fewer are left.
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
