package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.StackmapdApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The service in a process of its own, for what cannot be tried on the one that the tests run in.
public record ChildServer(Process process, int port, Path log) implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

    /// Starts it, on a free port unless told which, and waits until it listens.
    ///
    /// @param launcher a command that runs the one behind it, or nothing
    /// @param arguments options of the JVM, and settings with `--` before them
    public static ChildServer start(Path directory, List<String> launcher, List<String> arguments) throws IOException {
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(command(directory, launcher, arguments))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await().atMost(PATIENCE).until(() -> PORT.matcher(Files.readString(log)).find() || !process.isAlive());
        Matcher said = PORT.matcher(Files.readString(log));
        assertThat(said.find()).as(Files.readString(log)).isTrue();
        return new ChildServer(process, Integer.parseInt(said.group(1)), log);
    }

    /// Returns the command that starts the service, on a free port unless `arguments` have another one.
    static List<String> command(Path directory, List<String> launcher, List<String> arguments) {
        List<String> java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"));
        List<String> defaults = Stream.of(
                        "--server.port=0", "--stackmapd.artifacts.storage=" + directory.resolve("artifacts"))
                .filter(given -> arguments.stream().noneMatch(a -> a.startsWith(given.replaceFirst("=.*", "="))))
                .toList();
        return Stream.of(
                        launcher,
                        java,
                        arguments.stream()
                                .filter(a -> a.startsWith("-X") || a.startsWith("-D"))
                                .toList(),
                        List.of(StackmapdApplication.class.getName()),
                        defaults,
                        arguments.stream().filter(a -> a.startsWith("--")).toList())
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
