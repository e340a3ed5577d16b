package dev.stackmapd.artifact.disk;

import java.time.Duration;

/// Limits the rate at which a background thread reads. For one thread.
public final class ReadRateLimiter {
    /// Does not limit the rate.
    static final ReadRateLimiter UNBOUNDED = new ReadRateLimiter(Long.MAX_VALUE, pause -> {});

    private static final long NANOS = 1_000_000_000;

    private final long bytesPerSecond;
    private final Pause pause;

    /// The way a thread waits, which tests replace.
    interface Pause {
        void sleep(Duration duration) throws InterruptedException;
    }

    ReadRateLimiter(long bytesPerSecond, Pause pause) {
        this.bytesPerSecond = bytesPerSecond;
        this.pause = pause;
    }

    /// Blocks for the time that `bytes` take at the rate.
    public void read(long bytes) throws InterruptedException {
        long nanos = (long) ((double) bytes / bytesPerSecond * NANOS);
        if (nanos > 0) {
            pause.sleep(Duration.ofNanos(nanos));
        }
    }
}
