package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What `/actuator/prometheus` says of this service.
class MetricsTest extends LiveServer {
    private static final Pattern FAMILY = Pattern.compile("^# TYPE (stackmapd_\\S+) ", Pattern.MULTILINE);
    private static final Pattern HELP = Pattern.compile("^# HELP (stackmapd_\\S+) \\S", Pattern.MULTILINE);

    /// `promtool check metrics` lists families without a help text.
    @Test
    void everyMetricHasAHelpText() {
        assertThat(put("/v1/binaries/00ff/executable", "no ELF file").status()).isEqualTo(422);
        assertThat(names(HELP)).contains("stackmapd_uploads_total").containsExactlyElementsOf(names(FAMILY));
    }

    private List<String> names(Pattern pattern) {
        String text = get("/actuator/prometheus").response().body();
        return pattern.matcher(text).results().map(found -> found.group(1)).toList();
    }
}
