package dev.stackmapd.upstream;

import java.time.Instant;

/// The last outcome of one upstream for one file, as the [AnswerCache] keeps it.
///
/// @param at the time at which the outcome was known
/// @param askAgainAfter the earliest time at which this upstream is asked for the same file again; `at`
///     if there is no delay
/// @param misses how often the upstream reported that it does not have the file since its answers were
///     last removed from the cache, 0 or more; failed requests in between do not change it
public record RecordedAnswer(Upstream upstream, CallOutcome outcome, Instant at, Instant askAgainAfter, int misses) {

    /// Returns true if this answer is used instead of a request. If the clock is before `at`, it was set
    /// back by an unknown amount, and the answer is not used.
    boolean holds(Instant now) {
        return !(outcome instanceof CallOutcome.BreakerOpen) && !now.isBefore(at) && now.isBefore(askAgainAfter);
    }
}
