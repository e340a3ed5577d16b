package dev.stackmapd.upstream;

import static java.time.Duration.ZERO;

import java.time.Duration;

/// How long a "no" holds: as long as its cause deserves.
///
/// A server may answer 404 to the first request for a file and serve it minutes later: openSUSE's takes it out of its
/// package meanwhile. The first miss is therefore believed for a short time, and each further one twice as long.
///
/// @param firstMiss not found for the first time
/// @param missingPublic not found at a public address, at most
/// @param missingPrivate not found at a private address, at most: files come there soon after they are built
/// @param unfit too large, not the file, or forbidden
/// @param passing network failures, overload, and whatever else may be over in a moment
/// @param longestRetryAfter what an upstream's `Retry-After` is cut down to
public record NegativeLives(
        Duration firstMiss,
        Duration missingPublic,
        Duration missingPrivate,
        Duration unfit,
        Duration passing,
        Duration longestRetryAfter) {
    public static final NegativeLives DEFAULT = new NegativeLives(
            Duration.ofMinutes(5),
            Duration.ofHours(24),
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofSeconds(30),
            Duration.ofHours(1));

    public NegativeLives {
        if (firstMiss.isNegative()
                || missingPublic.isNegative()
                || missingPrivate.isNegative()
                || unfit.isNegative()
                || passing.isNegative()
                || longestRetryAfter.isNegative()) {
            throw new IllegalArgumentException("a negative answer lives for no less than nothing");
        }
    }

    /// @param misses times that this upstream did not have the file, this one included
    Duration of(Outcome outcome, int misses) {
        return switch (outcome) {
            case Outcome.Fetched fetched -> ZERO;
            case Outcome.NotFound(Reach reach) ->
                missing(reach == Reach.PUBLIC ? missingPublic : missingPrivate, misses);
            case Outcome.TooLarge large -> unfit;
            case Outcome.WrongContent wrong -> unfit;
            case Outcome.TimedOut(Outcome.Phase phase) -> phase == Outcome.Phase.TURN ? ZERO : passing;
            case Outcome.Unreachable unreachable -> passing;
            case Outcome.Failed(int status, Duration after) -> failed(status, after);
            case Outcome.Refused(Outcome.Rule rule) -> rule == Outcome.Rule.HOPS ? ZERO : passing;
            case Outcome.BreakerOpen(Duration remaining) -> remaining;
            case Outcome.NotKept kept -> passing;
            case Outcome.Stopped stopped -> ZERO;
        };
    }

    private Duration missing(Duration longest, int misses) {
        Duration life = firstMiss;
        for (int i = 1; i < misses && life.compareTo(longest) < 0; i++) {
            life = life.plus(life);
        }
        return life.compareTo(longest) < 0 ? life : longest;
    }

    private Duration failed(int status, Duration after) {
        if (after.isPositive()) {
            return after.compareTo(longestRetryAfter) < 0 ? after : longestRetryAfter;
        }
        return status >= 400 && status < 500 && status != 408 && status != 429 ? unfit : passing;
    }
}
