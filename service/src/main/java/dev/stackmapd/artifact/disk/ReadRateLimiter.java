package dev.stackmapd.artifact.disk;

import java.time.Duration;

/// Lets work go on that reads much, at a bounded rate. For one thread.
public final class ReadRateLimiter {
    /// As fast as it can.
    static final ReadRateLimiter UNBOUNDED = new ReadRateLimiter(Long.MAX_VALUE, pause -> {});

    private static final long NANOS = 1_000_000_000;

    private final long bytesPerSecond;
    private final Pause pause;

    /// How a thread waits.
    interface Pause {
        void sleep(Duration duration) throws InterruptedException;
    }

    ReadRateLimiter(long bytesPerSecond, Pause pause) {
        this.bytesPerSecond = bytesPerSecond;
        this.pause = pause;
    }

    /// Waits for the time that `bytes` take at the rate.
    public void read(long bytes) throws InterruptedException {
        long nanos = (long) ((double) bytes / bytesPerSecond * NANOS);
        if (nanos > 0) {
            pause.sleep(Duration.ofNanos(nanos));
        }
    }
}
