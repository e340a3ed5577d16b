package dev.stackmapd.upstream;

import dev.stackmapd.upstream.UpstreamHealth.BreakerState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Leaves an upstream alone after network failures in a row. Any answer is a success, 404 and 500 too. Thread-safe.
///
/// One request that got no answer within its limit is enough if no other request got one meanwhile:
/// Ubuntu's server accepted connections and was silent for 45 to 90 s (2026). Who asks for twelve files one
/// after the other waits for one limit then, not for one each. Where others were answered, the upstream
/// works and one file is slow.
///
/// A clock that is set back closes the door no longer than one opening time.
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

    /// Empty: ask, and call [#record] when it is over. Otherwise how long not to ask.
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

    /// Requests that were answered so far.
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

    /// Requests that began before the door closed do not hold it closed for longer.
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
