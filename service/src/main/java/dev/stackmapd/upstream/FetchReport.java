package dev.stackmapd.upstream;

import java.util.List;
import java.util.Optional;

/// The result of one fetch.
///
/// @param answers one for each upstream: first cached ones, then those of this fetch
public record FetchReport(FileRequest request, List<RecordedAnswer> answers) {

    public FetchReport {
        answers = List.copyOf(answers);
    }

    /// Returns true if the fetch was stopped because the service stops, so that it is unknown which
    /// files the upstreams have.
    public boolean isCutShort() {
        return winner().isEmpty()
                && answers.stream()
                        .anyMatch(answer ->
                                answer.outcome().equals(new CallOutcome.Stopped(CallOutcome.StopReason.CLOSED)));
    }

    /// Returns the answer of the upstream whose file was kept; empty if none was.
    public Optional<RecordedAnswer> winner() {
        return answers.stream()
                .filter(answer -> answer.outcome() instanceof CallOutcome.Fetched)
                .findFirst();
    }
}
