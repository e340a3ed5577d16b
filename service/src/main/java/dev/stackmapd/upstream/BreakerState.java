package dev.stackmapd.upstream;

import java.time.Duration;

/// Whether an upstream is asked.
public sealed interface BreakerState {

    /// @param failures network failures in a row
    record Closed(int failures) implements BreakerState {}

    /// @param remaining until one request may try
    record Open(Duration remaining) implements BreakerState {}

    /// One request may try, or is trying; its outcome decides.
    record HalfOpen() implements BreakerState {}
}
