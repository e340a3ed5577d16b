package dev.stackmapd.upstream;

import java.time.Instant;

/// One upstream's outcome, for the record.
///
/// @param at when the outcome was known
/// @param askAgainAfter earliest instant at which this upstream is asked for the same again; `at` if it is at once
/// @param misses times that it said it does not have the file since its answers were last forgotten, 0 or more;
///     requests that failed in between change nothing
public record RecordedAnswer(Upstream upstream, CallOutcome outcome, Instant at, Instant askAgainAfter, int misses) {

    /// Whether to answer with this instead of asking. Not while the clock is before `at`: it was set back, and
    /// nobody knows how far.
    boolean holds(Instant now) {
        return !(outcome instanceof CallOutcome.BreakerOpen) && !now.isBefore(at) && now.isBefore(askAgainAfter);
    }
}
