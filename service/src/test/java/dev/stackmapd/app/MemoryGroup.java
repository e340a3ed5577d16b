package dev.stackmapd.app;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.opentest4j.AssertionFailedError;

/// A control group whose processes share a limit of memory, as a container's do. Needs root; a test is passed
/// over where it may not make one.
record MemoryGroup(Path folder) implements AutoCloseable {
    private static final Path VERSION_1 = Path.of("/sys/fs/cgroup/memory");
    private static final Path VERSION_2 = Path.of("/sys/fs/cgroup");

    /// @param name of the group; the process that makes it is added, so that two of them do not share one
    static MemoryGroup make(String name, long bytes) {
        boolean isFirst = Files.exists(VERSION_1.resolve("memory.limit_in_bytes"));
        Path folder = (isFirst ? VERSION_1 : VERSION_2)
                .resolve(name + "-" + ProcessHandle.current().pid());
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(isFirst ? "memory.limit_in_bytes" : "memory.max"), Long.toString(bytes));
            return new MemoryGroup(folder);
        } catch (IOException e) {
            String why = "no memory group can be made: " + e;
            if (System.getenv("STACKMAPD_TOOLS_REQUIRED") != null) {
                throw new AssertionFailedError(why, e);
            }
            return abort(why);
        }
    }

    /// A command that runs the one behind it in the group.
    List<String> launcher() {
        return List.of("sh", "-c", "echo $$ > " + folder.resolve("cgroup.procs") + " && exec \"$@\"", "sh");
    }

    /// Processes of the group that the kernel has killed for want of memory.
    long kills() throws IOException {
        Path first = folder.resolve("memory.oom_control");
        return Files.readAllLines(Files.exists(first) ? first : folder.resolve("memory.events")).stream()
                .filter(line -> line.startsWith("oom_kill "))
                .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length())))
                .sum();
    }

    /// The group goes once its last process has.
    @Override
    public void close() {
        Awaitility.await().ignoreExceptions().until(() -> {
            Files.delete(folder);
            return true;
        });
    }
}
