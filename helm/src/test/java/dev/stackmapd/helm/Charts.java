package dev.stackmapd.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.Release;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// A copy of the project's charts in a folder of the test's own, with their dependencies in place.
final class Charts {
    static final String SERVER = "stackmapd";
    static final String SIDECAR = "stackmapd-sidecar";
    static final String EXAMPLE = "example-workload";

    /// The oldest Kubernetes with native sidecars, and one that is older than what any chart of ours allows.
    static final String KUBERNETES = "1.29.0";

    static final String OLD_KUBERNETES = "1.24.0";

    private final Path folder;

    private Charts(Path folder) {
        this.folder = folder;
    }

    /// @param folder empty, for the copies and the values files
    static Charts copiedTo(Path folder) {
        for (String chart : List.of(SERVER, SIDECAR, EXAMPLE)) {
            copy(sources().resolve(chart), folder.resolve(chart));
        }
        new Helm(folder.resolve(EXAMPLE)).dependency().update().skipRefresh().call();
        return new Charts(folder);
    }

    /// The text of a file of a chart, as it is in the repository.
    static String source(String chart, String file) throws IOException {
        return Files.readString(sources().resolve(chart).resolve(file));
    }

    LintResult lint(String chart) {
        return new Helm(folder.resolve(chart)).lint().strict().call();
    }

    /// What `helm template try CHART --values VALUES` prints.
    ///
    /// @throws IllegalStateException with Helm's message, where Helm refuses
    String render(String chart, String values) {
        return renderFor(KUBERNETES, chart, values);
    }

    /// The same for some version of Kubernetes.
    String renderFor(String kubernetes, String chart, String values) {
        return new Helm(folder.resolve(chart))
                .template()
                .withName("try")
                .withKubeVersion(kubernetes)
                .withValuesFile(valuesFile(values))
                .call();
    }

    /// What `helm install` would say at its end.
    String notes(String chart, String values) {
        Release release = new Helm(folder.resolve(chart))
                .install()
                .withName("try")
                .withNamespace("somewhere")
                .withKubeVersion(KUBERNETES)
                .withValuesFile(valuesFile(values))
                .clientOnly()
                .dryRun()
                .call();
        return release.getOutput();
    }

    private Path valuesFile(String values) {
        try {
            return Files.writeString(Files.createTempFile(folder, "values", ".yaml"), values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path sources() {
        return Path.of(Objects.requireNonNull(System.getProperty("stackmapd.charts"), "run by Maven"));
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
