package dev.stackmapd;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.opentest4j.AssertionFailedError;

/// Foreign programs that tests run.
public final class Tools {
    /// Set where every tool has to be there, as in CI: then a missing one is a failure, and no test passed over.
    private static final String REQUIRED = "STACKMAPD_TOOLS_REQUIRED";

    private Tools() {}

    /// What a program wrote and how it ended.
    public record Run(int code, String out) {}

    /// The path of a program; the test is passed over where there is none.
    ///
    /// @param debianPackage that has it
    public static String path(String name, String debianPackage) {
        Optional<Path> found = Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isPresent()) {
            return found.get().toString();
        }
        return missing("%s is not installed (Debian: apt-get install %s)".formatted(name, debianPackage));
    }

    /// Passes the test over where something is not there.
    public static void need(boolean there, String missing) {
        if (!there) {
            var _ = missing(missing);
        }
    }

    private static String missing(String what) {
        if (System.getenv(REQUIRED) != null) {
            throw new AssertionFailedError(what);
        }
        return abort(what);
    }

    /// Runs a program to its end, a minute at most; both of its outputs together.
    public static Run run(Map<String, String> environment, List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            var _ = process.onExit().orTimeout(1, TimeUnit.MINUTES).exceptionally(late -> process.destroyForcibly());
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Run(process.waitFor(), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
