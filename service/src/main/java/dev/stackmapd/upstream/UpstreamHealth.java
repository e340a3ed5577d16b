package dev.stackmapd.upstream;

import java.time.Duration;
/// A snapshot of the state of one upstream.
///
/// @param inFlight requests to it that are running

public record UpstreamHealth(Upstream upstream, BreakerState breaker, int inFlight) {
    /// The state of the circuit breaker of an upstream.
    public sealed interface BreakerState {

        /// @param failures network failures in a row
        record Closed(int failures) implements BreakerState {}

        /// @param remaining until one request may try
        record Open(Duration remaining) implements BreakerState {}

        /// One request may try, or is trying; its outcome decides.
        record HalfOpen() implements BreakerState {}
    }
}
