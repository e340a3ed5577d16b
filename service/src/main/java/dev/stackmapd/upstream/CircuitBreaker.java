package dev.stackmapd.upstream;

import dev.stackmapd.upstream.UpstreamHealth.BreakerState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The circuit breaker of one upstream: opens after consecutive network failures. Every HTTP response
/// counts as a success, also 404 and 500. Thread-safe.
///
/// One request without a response within its time limit opens the breaker if no other request got a
/// response meanwhile: Ubuntu's server accepted connections and was silent for 45 to 90 s (2026). A
/// client that asks for twelve files in sequence then waits for the time limit once instead of twelve
/// times. If other requests got responses, the upstream works and only this file is slow.
///
/// A clock that is set back never keeps the breaker open for longer than `breakerOpen`.
final class CircuitBreaker {
    private final int maxFailures;
    private final Duration openTime;
    private int failures;
    private long answers;
    private Instant openedAt = Instant.MIN;
    private boolean trying;

    CircuitBreaker(UpstreamLimits limits) {
        this.maxFailures = limits.breakerFailures();
        this.openTime = limits.breakerOpen();
    }

    /// Returns the time until the next request is allowed; empty if the caller may send a request now.
    /// The caller must then call [#record] with its outcome.
    synchronized Optional<Duration> refusal(Instant now) {
        return switch (state(now)) {
            case BreakerState.Closed closed -> Optional.empty();
            case BreakerState.Open(Duration remaining) -> Optional.of(remaining);
            case BreakerState.HalfOpen halfOpen -> {
                boolean taken = trying;
                trying = true;
                yield taken ? Optional.of(openTime) : Optional.empty();
            }
        };
    }

    /// Returns the number of requests that have been answered.
    synchronized long answers() {
        return answers;
    }

    /// @param answersBefore [#answers] when the request began
    synchronized void record(CallOutcome outcome, long answersBefore, Instant now) {
        switch (Weight.of(outcome)) {
            case SUCCESS -> {
                answers++;
                reset();
            }
            case FAILURE -> fail(1, now);
            case SILENCE -> fail(answers == answersBefore ? maxFailures : 1, now);
            case NOTHING -> trying = false;
        }
    }

    synchronized BreakerState state(Instant now) {
        if (failures < maxFailures) {
            return new BreakerState.Closed(failures);
        }
        boolean open = !now.isBefore(openedAt) && now.isBefore(openedAt.plus(openTime));
        return open
                ? new BreakerState.Open(Duration.between(now, openedAt.plus(openTime)))
                : new BreakerState.HalfOpen();
    }

    synchronized void reset() {
        failures = 0;
        trying = false;
    }

    /// Counts a failure. Requests that began before the breaker opened do not prolong the open state.
    private void fail(int weight, Instant now) {
        if (state(now) instanceof BreakerState.Open) {
            return;
        }
        trying = false;
        failures = Math.min(failures + weight, maxFailures);
        openedAt = now;
    }

    private enum Weight {
        SUCCESS,
        FAILURE,
        SILENCE,
        NOTHING;

        static Weight of(CallOutcome outcome) {
            return switch (outcome) {
                case CallOutcome.Fetched fetched -> SUCCESS;
                case CallOutcome.NotFound missing -> SUCCESS;
                case CallOutcome.TooLarge large -> SUCCESS;
                case CallOutcome.WrongContent wrong -> SUCCESS;
                case CallOutcome.Failed failed -> SUCCESS;
                case CallOutcome.Unreachable unreachable -> FAILURE;
                case CallOutcome.TimedOut(CallOutcome.TimeoutPhase phase) ->
                    switch (phase) {
                        case TURN -> NOTHING;
                        case CONNECT, HEAD -> SILENCE;
                        case BODY -> FAILURE;
                    };
                case CallOutcome.Refused refused -> NOTHING;
                case CallOutcome.BreakerOpen open -> NOTHING;
                case CallOutcome.NotKept kept -> NOTHING;
                case CallOutcome.Stopped stopped -> NOTHING;
            };
        }
    }
}
