package dev.stackmapd.upstream;

import java.time.Duration;

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
