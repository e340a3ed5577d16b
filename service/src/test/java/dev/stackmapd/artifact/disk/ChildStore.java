package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.BuildId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// A store in a process of its own, for what must not happen to the one that the tests run in.
final class ChildStore {
    /// Opens the store and closes it.
    static final String OPEN = "open";
    /// Uploads a file; with the number of the step after which the process dies.
    static final String UPLOAD = "upload";

    static final int LOCKED = 3;
    static final int KILLED = 137;
    private static final int FAILED = 4;

    private ChildStore() {}

    static Process start(String what, Path folder, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ChildStore.class.getName(),
                what,
                folder.toString()));
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static int run(String what, Path folder, String... more) throws IOException, InterruptedException {
        return start(what, folder, more).waitFor();
    }

    public static void main(String[] arguments) {
        try {
            switch (arguments[0]) {
                case OPEN -> new StoreFolder(Path.of(arguments[1])).open().close();
                case UPLOAD -> upload(arguments);
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        } catch (IOException e) {
            boolean locked = String.valueOf(e.getMessage()).contains("another process");
            Runtime.getRuntime().halt(locked ? LOCKED : FAILED);
        }
    }

    /// @param arguments `upload`, folder, file, build-id, quota, step
    private static void upload(String[] arguments) throws IOException {
        AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[5]));
        StoreFolder folder = new StoreFolder(Path.of(arguments[1])).quota(Long.parseLong(arguments[4]));
        try (ArtifactStore store = folder.open()) {
            folder.listening(step -> {
                if (left.decrementAndGet() == 0) {
                    Runtime.getRuntime().halt(KILLED);
                }
            });
            byte[] bytes = Files.readAllBytes(Path.of(arguments[2]));
            try (IncomingFile incoming = store.receive(
                    BuildId.parse(arguments[3]).orElseThrow(), ArtifactKind.EXECUTABLE, StoreFolder.UPLOAD)) {
                StoreFolder.send(incoming, bytes);
            }
        }
    }
}
