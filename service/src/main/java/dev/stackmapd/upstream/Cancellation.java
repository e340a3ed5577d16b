package dev.stackmapd.upstream;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/// Stops one thread's work by interrupting it, at a deadline or because another says so; the first reason counts.
/// Thread-safe.
///
/// Interrupting a virtual thread closes the socket that it waits for; one that never waits, because bytes never end,
/// is stopped by closing its connection ([#attach]).
final class Cancellation {
    private final ScheduledExecutorService timer;
    private @Nullable Thread worker;
    private @Nullable CallOutcome reason;
    private @Nullable Future<?> deadline;
    private Runnable abort = () -> {};
    private boolean settled;

    Cancellation(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /// The calling thread is the one to stop.
    synchronized void begin() {
        worker = Thread.currentThread();
        if (reason != null) {
            worker.interrupt();
        }
    }

    void stop(CallOutcome why) {
        Runnable also;
        synchronized (this) {
            if (reason != null || settled) {
                return;
            }
            reason = why;
            if (worker != null) {
                worker.interrupt();
            }
            also = abort;
        }
        also.run();
    }

    /// Replaces what else is done to stop the work, by the stopping thread. Done at once if it was stopped before.
    void attach(Runnable abort) {
        synchronized (this) {
            this.abort = abort;
            if (reason == null) {
                return;
            }
        }
        abort.run();
    }

    /// Replaces the deadline.
    synchronized void arm(Duration after, CallOutcome why) {
        disarm();
        if (!settled) {
            deadline = timer.schedule(() -> stop(why), after.toNanos(), NANOSECONDS);
        }
    }

    /// From here on nothing interrupts. Clears what interrupted before.
    ///
    /// @return why the work was stopped; empty if it was not
    synchronized Optional<CallOutcome> settle() {
        settled = true;
        disarm();
        worker = null;
        Thread.interrupted();
        return Optional.ofNullable(reason);
    }

    private void disarm() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    /// An instant of [System#nanoTime], which no clock change moves.
    record Deadline(long nanoTime) {

        static Deadline after(Duration duration) {
            return new Deadline(System.nanoTime() + duration.toNanos());
        }

        /// Not below zero.
        Duration remaining() {
            return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
        }

        Duration within(Duration atMost) {
            Duration remaining = remaining();
            return remaining.compareTo(atMost) < 0 ? remaining : atMost;
        }
    }
}
