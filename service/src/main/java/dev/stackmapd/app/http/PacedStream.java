package dev.stackmapd.app.http;

import dev.stackmapd.app.http.BodyException.TooSlow;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// Refuses bytes that come too late: after the limit, or fewer than 16 KiB a second on average over five seconds. A
/// connection on which nothing comes is ended by the server's own timeout.
final class PacedStream extends FilterInputStream {
    private static final long WINDOW_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long LEAST_BYTES = 5 * (16L << 10);

    private final Duration limit;
    private final long start = System.nanoTime();
    private long windowNanos;
    private long windowBytes;

    /// @param limit from now to the last byte
    PacedStream(InputStream in, Duration limit) {
        super(in);
        this.limit = limit;
    }

    @Override
    public int read() throws IOException {
        long begun = System.nanoTime();
        int b = in.read();
        check(b < 0 ? -1 : 1, begun);
        return b;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        long begun = System.nanoTime();
        int n = in.read(into, from, length);
        check(n, begun);
        return n;
    }

    /// @param n bytes that came, -1 at the end
    /// @param begun when they were asked for
    private void check(int n, long begun) throws IOException {
        long now = System.nanoTime();
        if (now - start > limit.toNanos()) {
            throw new TooSlow("the body took longer than %d s to come".formatted(limit.toSeconds()));
        }
        // Time in which this service was not ready to read is not the sender's.
        windowNanos += now - begun;
        windowBytes += n;
        if (n < 0 || windowNanos < WINDOW_NANOS) {
            return;
        }
        // A window that was waited through at once may be longer, and must have brought as much more.
        if (windowBytes < windowNanos / WINDOW_NANOS * LEAST_BYTES) {
            throw new TooSlow("the body came at less than 16 KiB a second");
        }
        windowNanos = 0;
        windowBytes = 0;
    }
}
