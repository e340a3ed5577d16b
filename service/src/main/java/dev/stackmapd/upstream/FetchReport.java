package dev.stackmapd.upstream;

import java.util.List;
import java.util.Optional;

/// What came of one fetch.
///
/// @param answers one for each upstream: those not asked because an earlier answer holds, then those asked
public record FetchReport(FileRequest request, List<RecordedAnswer> answers) {

    public FetchReport {
        answers = List.copyOf(answers);
    }

    /// Returns true if upstreams were not asked to the end because the service stops, so that nothing is
    /// known of what they have.
    public boolean isCutShort() {
        return winner().isEmpty()
                && answers.stream()
                        .anyMatch(answer ->
                                answer.outcome().equals(new CallOutcome.Stopped(CallOutcome.StopReason.CLOSED)));
    }

    /// The upstream whose file was kept; empty if none was.
    public Optional<RecordedAnswer> winner() {
        return answers.stream()
                .filter(answer -> answer.outcome() instanceof CallOutcome.Fetched)
                .findFirst();
    }
}
