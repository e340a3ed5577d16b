package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.Tools;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the process prints when it starts, and when it cannot.
class StartTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path directory;

    @Test
    void thePastedRequestsAreAnswered() throws Exception {
        Tools.path("curl", "curl");
        try (ChildServer server = ChildServer.start(directory, List.of(), List.of("--stackmapd.show-usage=true"))) {
            await().atMost(PATIENCE).until(() -> Files.readString(server.log()).contains("$id\n\n"));
            String log = Files.readString(server.log());
            assertThat(log)
                    .contains("stackmapd listens on http://127.0.0.1:" + server.port())
                    .contains("(stackmapd.files.access=proc)")
                    .contains("indexes in " + directory.resolve("artifacts"));

            Tools.Run pasted = Tools.run(Map.of(), List.of("/bin/sh", "-c", log.substring(log.indexOf("\nid=$("))));
            JsonNode stack = new JsonMapper()
                    .readTree(pasted.out().substring(pasted.out().indexOf('{')));
            assertThat(pasted.out()).startsWith(stack.get("id").asString());
            assertThat(stack.get("frames"))
                    .isNotEmpty()
                    .allSatisfy(frame -> assertThat(frame.get("status").asString())
                            .as(pasted.out())
                            .isEqualTo("VALID"));
        }
    }

    @Test
    void nothingIsPrintedUnasked() throws Exception {
        try (ChildServer server = ChildServer.start(directory, List.of(), List.of())) {
            await().atMost(PATIENCE).until(() -> Files.readString(server.log()).contains("Started "));
            assertThat(Files.readString(server.log())).doesNotContain("stackmapd listens");
        }
    }

    @Test
    void aPortThatIsTakenIsOneSentence() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(refusal("--server.port=" + taken.getLocalPort()))
                    .endsWith("port %d is taken by another process; server.port sets another one"
                            .formatted(taken.getLocalPort()));
        }
    }

    @Test
    void anAddressOfAnotherMachineIsOneSentence() throws Exception {
        // TEST-NET-1 of RFC 5737 belongs to no machine.
        assertThat(refusal("--server.address=192.0.2.1", "--stackmapd.security.allow-unauthenticated=true"))
                .contains("the service cannot listen at server.address and server.port: ");
    }

    @Test
    void aFolderThatCannotBeWrittenIsOneSentence() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(refusal("--stackmapd.artifacts.storage=" + file))
                .contains("stackmapd.artifacts.storage is \"%s\": the folder cannot be made or used: ".formatted(file));
    }

    @Test
    void aFolderOfAnotherProcessIsOneSentence() throws Exception {
        try (ChildServer _ = ChildServer.start(directory, List.of(), List.of())) {
            assertThat(refusal())
                    .contains("stackmapd.artifacts.storage is \"%s\"".formatted(directory.resolve("artifacts")));
        }
    }

    @Test
    void aSettingThatIsNoneIsOneSentence() throws Exception {
        assertThat(refusal("--stackmapd.nothing=1"))
                .endsWith("stackmapd has no setting stackmapd.nothing; the README lists all");
    }

    /// Returns the one line that says why the process ended.
    private String refusal(String... arguments) throws Exception {
        Path log = directory.resolve("refusal");
        Process process = new ProcessBuilder(ChildServer.command(directory, List.of(), List.of(arguments)))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(log);
        assertThat(process.exitValue()).as(said).isEqualTo(1);
        assertThat(said).doesNotContain("\tat ").doesNotContain("****");
        assertThat(said.lines()).as("each line begins with the time").allMatch(line -> line.startsWith("2"));
        assertThat(said.lines().filter(line -> line.contains(" ERROR "))).hasSize(1);
        return said.lines().filter(line -> line.contains(" ERROR ")).findFirst().orElseThrow();
    }
}
