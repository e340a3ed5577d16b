package dev.stackmapd.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.upstream.Answer;
import dev.stackmapd.upstream.Outcome;
import dev.stackmapd.upstream.Wanted;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What an upstream said of a file, as it goes over the wire.
///
/// @param kind `debuginfo` or `executable`
/// @param asked when the answer was known
/// @param askAgain when it is asked for the same again at the earliest
/// @param detail what else there is to say of the outcome
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UpstreamAnswer(
        String upstream,
        String kind,
        Label outcome,
        @Nullable String detail,
        Instant asked,
        Instant askAgain) {

    /// What came of asking.
    public enum Label {
        FETCHED,
        NOT_FOUND,
        TOO_LARGE,
        WRONG_CONTENT,
        TIMED_OUT,
        UNREACHABLE,
        FAILED,
        REFUSED,
        BREAKER_OPEN,
        NOT_KEPT,
        STOPPED
    }

    static UpstreamAnswer of(Wanted.Kind kind, Answer answer) {
        Outcome outcome = answer.outcome();
        String detail = detail(outcome);
        return new UpstreamAnswer(
                answer.upstream().base().toString(),
                kind.segments(),
                label(outcome),
                detail.isEmpty() ? null : detail,
                answer.at(),
                answer.askAgainAfter());
    }

    private static Label label(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Fetched fetched -> Label.FETCHED;
            case Outcome.NotFound none -> Label.NOT_FOUND;
            case Outcome.TooLarge large -> Label.TOO_LARGE;
            case Outcome.WrongContent wrong -> Label.WRONG_CONTENT;
            case Outcome.TimedOut late -> Label.TIMED_OUT;
            case Outcome.Unreachable unreachable -> Label.UNREACHABLE;
            case Outcome.Failed failed -> Label.FAILED;
            case Outcome.Refused refused -> Label.REFUSED;
            case Outcome.BreakerOpen open -> Label.BREAKER_OPEN;
            case Outcome.NotKept kept -> Label.NOT_KEPT;
            case Outcome.Stopped stopped -> Label.STOPPED;
        };
    }

    private static String detail(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Fetched fetched -> fetched.bytes() + " bytes";
            case Outcome.NotFound none -> "";
            case Outcome.TooLarge large -> "more than %d bytes".formatted(large.maxBytes());
            case Outcome.WrongContent wrong -> wrong.detail();
            case Outcome.TimedOut late -> "while waiting for " + words(late.phase());
            case Outcome.Unreachable unreachable -> words(unreachable.failure());
            case Outcome.Failed failed -> "status %d".formatted(failed.status());
            case Outcome.Refused refused -> "rule: " + words(refused.rule());
            case Outcome.BreakerOpen open ->
                "for %d s more".formatted(open.remaining().toSeconds());
            case Outcome.NotKept kept -> kept.detail();
            case Outcome.Stopped stopped -> words(stopped.cause());
        };
    }

    private static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
