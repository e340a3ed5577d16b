package dev.stackmapd.upstream;

import static java.time.Duration.ZERO;

import dev.stackmapd.upstream.AddressRules.AddressScope;
import java.time.Duration;

/// How long negative answers are cached, by their cause.
///
/// A server may answer 404 to the first request for a file and serve it minutes later: openSUSE's
/// extracts the file from its package meanwhile. The first miss is therefore cached for a short time,
/// and each further one twice as long.
///
/// @param firstMiss for the first 404
/// @param missingPublic the longest time for a 404 of a public address
/// @param missingPrivate the longest time for a 404 of a private address, where files arrive soon after
///     they are built
/// @param unfit for a file that is too large or not the one requested, and for a forbidden one
/// @param passing for network failures, overload and other transient errors
/// @param longestRetryAfter the upper bound for an upstream's `Retry-After`
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

    /// @param misses how often this upstream did not have the file, this time included
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
