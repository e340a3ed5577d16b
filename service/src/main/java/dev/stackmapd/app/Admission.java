package dev.stackmapd.app;

import dev.stackmapd.ingest.RefusedException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Bounds how many requests of a kind are held in memory at once. Waiting requests are admitted in their order.
/// Thread-safe.
final class Admission {
    private static final int WAIT_SECONDS = 10;

    private final Semaphore places;
    private final String what;

    /// @param what the requests are, for the refusal
    /// @param places requests at once, at least 1
    Admission(String what, int places) {
        this.what = what;
        this.places = new Semaphore(places, true);
    }

    /// Waits for a place, which is to be closed when the request has been answered. To be called when the request's
    /// body has arrived: a sender that is slow must hold no place.
    ///
    /// @throws RefusedException of kind `BUSY` where there is none for ten seconds
    Place enter() {
        try {
            if (places.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                return places::release;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw RefusedException.of(RefusedException.Kind.BUSY, "too many %s at once".formatted(what));
    }

    /// A place among the requests held in memory.
    interface Place extends AutoCloseable {
        @Override
        void close();
    }
}
