package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The README's requests are answered as it shows.
@TestPropertySource(properties = "stackmapd.artifacts.directories=../src-test-fixtures/binaries")
class ReadmeTest extends LiveServer {
    private static final Pattern BLOCK = Pattern.compile("```(?:sh|json)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern METRIC = Pattern.compile("`((?:stackmapd|http_re)[a-z_]+)`");
    private static final Pattern METRIC_TYPE = Pattern.compile("# TYPE ((?:stackmapd|http_re)[a-z_]+) ");
    private static final Pattern LINK = Pattern.compile("]\\(([^):]+)\\)");

    @Test
    void itsRequestsAreAnsweredAsItShows() throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        Iterator<String> blocks = BLOCK.matcher(readme.substring(readme.indexOf("./stackmapd run --")))
                .results()
                .map((MatchResult block) -> block.group(1))
                .iterator();

        String sent = blocks.next();
        Answer receipt = post("/v1/batches", sent.substring(sent.indexOf('{'), sent.lastIndexOf('}') + 1));
        assertThat(receipt.json()).isEqualTo(JSON.readTree(blocks.next()));

        String asked = blocks.next().strip();
        Answer stack = get(asked.substring(asked.indexOf("/v1/")));
        assertThat(withoutTimes(stack.json())).isEqualTo(withoutTimes(JSON.readTree(blocks.next())));
    }

    @Test
    void itsLinksLeadSomewhere() throws IOException {
        Path readme = Path.of("../README.md");
        assertThat(LINK.matcher(Files.readString(readme)).results().map(link -> link.group(1)))
                .isNotEmpty()
                .allSatisfy(link -> assertThat(readme.resolveSibling(link)).exists());
    }

    /// Some are there only once something has happened; one needs an upstream, which this service does not have.
    @Test
    void itsMetricsAreThoseOfTheService() throws IOException {
        send(request("/v1/binaries/abcd/executable").PUT(BodyPublishers.ofString("no file")));
        get("/buildid/abcd/debuginfo");
        Set<String> scraped =
                names(METRIC_TYPE, get("/actuator/prometheus").response().body());
        Set<String> named = names(METRIC, Files.readString(Path.of("../README.md")));
        named.remove("stackmapd_upstream_open");
        assertThat(named).isEqualTo(scraped);
    }

    /// Without the largest values of summaries, which come with them.
    private static Set<String> names(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group(1))
                .filter(name -> !name.endsWith("_max"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static JsonNode withoutTimes(JsonNode stack) {
        return ((ObjectNode) stack).without(List.of("firstSeen", "lastSeen"));
    }
}
