package dev.stackmapd.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.upstream.CallOutcome;
import dev.stackmapd.upstream.FileRequest;
import dev.stackmapd.upstream.RecordedAnswer;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The answer of an upstream for a file, in its JSON form.
///
/// @param kind `debuginfo` or `executable`
/// @param asked the time of the answer
/// @param askAgain the earliest time of the next request for the same file
/// @param detail details of the outcome
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UpstreamAnswer(
        String upstream,
        String kind,
        OutcomeLabel outcome,
        @Nullable String detail,
        Instant asked,
        Instant askAgain) {

    /// The outcome of the request.
    public enum OutcomeLabel {
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

    static UpstreamAnswer of(FileRequest.BinaryKind kind, RecordedAnswer answer) {
        CallOutcome outcome = answer.outcome();
        String detail = detail(outcome);
        return new UpstreamAnswer(
                answer.upstream().base().toString(),
                kind.segments(),
                label(outcome),
                detail.isEmpty() ? null : detail,
                answer.at(),
                answer.askAgainAfter());
    }

    private static OutcomeLabel label(CallOutcome outcome) {
        return switch (outcome) {
            case CallOutcome.Fetched fetched -> OutcomeLabel.FETCHED;
            case CallOutcome.NotFound none -> OutcomeLabel.NOT_FOUND;
            case CallOutcome.TooLarge large -> OutcomeLabel.TOO_LARGE;
            case CallOutcome.WrongContent wrong -> OutcomeLabel.WRONG_CONTENT;
            case CallOutcome.TimedOut late -> OutcomeLabel.TIMED_OUT;
            case CallOutcome.Unreachable unreachable -> OutcomeLabel.UNREACHABLE;
            case CallOutcome.Failed failed -> OutcomeLabel.FAILED;
            case CallOutcome.Refused refused -> OutcomeLabel.REFUSED;
            case CallOutcome.BreakerOpen open -> OutcomeLabel.BREAKER_OPEN;
            case CallOutcome.NotKept kept -> OutcomeLabel.NOT_KEPT;
            case CallOutcome.Stopped stopped -> OutcomeLabel.STOPPED;
        };
    }

    private static String detail(CallOutcome outcome) {
        return switch (outcome) {
            case CallOutcome.Fetched fetched -> fetched.bytes() + " bytes";
            case CallOutcome.NotFound none -> "";
            case CallOutcome.TooLarge large -> "more than %d bytes".formatted(large.maxBytes());
            case CallOutcome.WrongContent wrong -> wrong.detail();
            case CallOutcome.TimedOut late -> "while waiting for " + words(late.phase());
            case CallOutcome.Unreachable unreachable -> words(unreachable.failure());
            case CallOutcome.Failed failed -> "status %d".formatted(failed.status());
            case CallOutcome.Refused refused -> "rule: " + words(refused.rule());
            case CallOutcome.BreakerOpen open ->
                "for %d s more".formatted(open.remaining().toSeconds());
            case CallOutcome.NotKept kept -> kept.detail();
            case CallOutcome.Stopped stopped -> words(stopped.cause());
        };
    }

    private static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
