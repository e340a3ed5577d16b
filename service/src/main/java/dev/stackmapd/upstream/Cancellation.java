package dev.stackmapd.upstream;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/// Stops one thread's work by interrupting it, at a deadline or when another thread calls [#stop]; the
/// first reason is kept. Thread-safe.
///
/// Interrupting a virtual thread closes the socket that it waits for; one that never waits, because
/// bytes never end, is stopped by closing its connection ([#attach]).
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

    /// Registers the calling thread as the one to interrupt.
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

    /// Sets the action that the stopping thread runs in addition to the interrupt. If the work is
    /// stopped already, runs it at once.
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

    /// Ends the cancellation: the thread is not interrupted from here on, and its interrupt flag is
    /// cleared.
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

    /// A deadline on the monotonic clock ([System#nanoTime]), which clock changes do not affect.
    record Deadline(long nanoTime) {

        static Deadline after(Duration duration) {
            return new Deadline(System.nanoTime() + duration.toNanos());
        }

        /// Returns the time until the deadline, 0 or more.
        Duration remaining() {
            return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
        }

        Duration within(Duration atMost) {
            Duration remaining = remaining();
            return remaining.compareTo(atMost) < 0 ? remaining : atMost;
        }
    }
}
