package dev.stackmapd.app.settings;

import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/// Logs why the service did not start in one line, in the place of Boot's report of a dozen.
final class StartFailureReporter implements FailureAnalysisReporter {
    private static final Logger LOG = LoggerFactory.getLogger(StartFailureReporter.class);

    @Override
    public void report(FailureAnalysis analysis) {
        String line = Stream.of(analysis.getDescription(), analysis.getAction())
                .filter(Objects::nonNull)
                .map(text -> text.strip().replaceAll("\\s+", " "))
                .collect(Collectors.joining(" "));
        LOG.error("{}", line);
        LOG.debug("the cause", analysis.getCause());
    }
}
