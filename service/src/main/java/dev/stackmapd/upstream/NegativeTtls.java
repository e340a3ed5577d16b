package dev.stackmapd.upstream;

import static java.time.Duration.ZERO;

import dev.stackmapd.upstream.AddressRules.AddressScope;
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
public record NegativeTtls(
        Duration firstMiss,
        Duration missingPublic,
        Duration missingPrivate,
        Duration unfit,
        Duration passing,
        Duration longestRetryAfter) {
    public static final NegativeTtls DEFAULT = new NegativeTtls(
            Duration.ofMinutes(5),
            Duration.ofHours(24),
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofSeconds(30),
            Duration.ofHours(1));

    public NegativeTtls {
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
    Duration of(CallOutcome outcome, int misses) {
        return switch (outcome) {
            case CallOutcome.Fetched fetched -> ZERO;
            case CallOutcome.NotFound(AddressScope reach) ->
                missing(reach == AddressScope.PUBLIC ? missingPublic : missingPrivate, misses);
            case CallOutcome.TooLarge large -> unfit;
            case CallOutcome.WrongContent wrong -> unfit;
            case CallOutcome.TimedOut(CallOutcome.TimeoutPhase phase) ->
                phase == CallOutcome.TimeoutPhase.TURN ? ZERO : passing;
            case CallOutcome.Unreachable unreachable -> passing;
            case CallOutcome.Failed(int status, Duration after) -> failed(status, after);
            case CallOutcome.Refused(CallOutcome.RefusalRule rule) ->
                rule == CallOutcome.RefusalRule.HOPS ? ZERO : passing;
            case CallOutcome.BreakerOpen(Duration remaining) -> remaining;
            case CallOutcome.NotKept kept -> passing;
            case CallOutcome.Stopped stopped -> ZERO;
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
