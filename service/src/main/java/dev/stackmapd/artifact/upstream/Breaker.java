package dev.stackmapd.artifact.upstream;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Leaves an upstream alone after network failures in a row. Any answer is a success, 404 and 500 too. Thread-safe.
///
/// A clock that is set back closes the door no longer than one opening time.
final class Breaker {
    private final int maxFailures;
    private final Duration openTime;
    private int failures;
    private Instant openedAt = Instant.MIN;
    private boolean trying;

    Breaker(UpstreamLimits limits) {
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

    synchronized void record(Outcome outcome, Instant now) {
        switch (Weight.of(outcome)) {
            case SUCCESS -> reset();
            case FAILURE -> fail(now);
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
    private void fail(Instant now) {
        if (state(now) instanceof BreakerState.Open) {
            return;
        }
        trying = false;
        failures = Math.min(failures + 1, maxFailures);
        openedAt = now;
    }

    private enum Weight {
        SUCCESS,
        FAILURE,
        NOTHING;

        static Weight of(Outcome outcome) {
            return switch (outcome) {
                case Outcome.Fetched fetched -> SUCCESS;
                case Outcome.NotFound missing -> SUCCESS;
                case Outcome.TooLarge large -> SUCCESS;
                case Outcome.WrongContent wrong -> SUCCESS;
                case Outcome.Failed failed -> SUCCESS;
                case Outcome.Unreachable unreachable -> FAILURE;
                case Outcome.TimedOut(Outcome.Phase phase) -> phase == Outcome.Phase.TURN ? NOTHING : FAILURE;
                case Outcome.Refused refused -> NOTHING;
                case Outcome.BreakerOpen open -> NOTHING;
                case Outcome.NotKept kept -> NOTHING;
                case Outcome.Stopped stopped -> NOTHING;
            };
        }
    }
}
