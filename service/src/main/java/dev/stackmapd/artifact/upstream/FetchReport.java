package dev.stackmapd.artifact.upstream;

import java.util.List;
import java.util.Optional;

/// What came of one fetch.
///
/// @param answers one for each upstream: those not asked because an earlier answer holds, then those asked
public record FetchReport(Wanted wanted, List<Answer> answers) {

    public FetchReport {
        answers = List.copyOf(answers);
    }

    /// The upstream whose file was kept; empty if none was.
    public Optional<Answer> winner() {
        return answers.stream()
                .filter(answer -> answer.outcome() instanceof Outcome.Fetched)
                .findFirst();
    }
}
