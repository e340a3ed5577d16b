package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/// `stackmapd.mode=sidecar` beside live processes: maps are left out and read from `/proc`.
@TestPropertySource(
        properties = {"stackmapd.mode=sidecar", "stackmapd.files.access=proc", "stackmapd.files.names=false"})
class SidecarTest extends LiveServer {
    @TempDir
    Path directory;

    private Optional<Process> neighbour = Optional.empty();

    @AfterEach
    void stopTheNeighbour() {
        neighbour.ifPresent(Process::destroyForcibly);
    }

    @Test
    void readsTheMapsAndTheBuildIdOfALiveProcess() throws IOException {
        Path program = copy("binaries/demo", "program");
        long pid = start(program);
        Answer answer = post("/v1/batches", batch(pid, text(pid, program)));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        assertThat(leaf(answer).get("buildId").asString()).isEqualTo(buildIdOfDemo());
        assertThat(leaf(answer).get("module").asString()).isEqualTo("program");
    }

    @Test
    void readsTheBuildIdOfADeletedBinary() throws IOException {
        Path program = copy("binaries/demo", "program");
        long pid = start(program);
        long ip = text(pid, program);
        Files.delete(program);
        Answer answer = post("/v1/batches", batch(pid, ip));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        // Reading what was mapped needs CHECKPOINT_RESTORE or SYS_ADMIN; without, the service says that it is gone.
        if (Files.isReadable(Path.of("/proc/1/map_files"))) {
            assertThat(leaf(answer).get("buildId").asString()).isEqualTo(buildIdOfDemo());
        } else {
            assertThat(leaf(answer).get("reason").asString()).isIn("UNREADABLE", "STALE_FILE");
        }
    }

    @Test
    void neverTakesAReplacedBinaryForTheOneThatRuns() throws IOException {
        Path program = copy("binaries/demo", "program");
        long pid = start(program);
        long ip = text(pid, program);
        Path other = copy("binaries/static-pie", "other");
        Files.move(other, program, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        Answer answer = post("/v1/batches", batch(pid, ip));
        if (Files.isReadable(Path.of("/proc/1/map_files"))) {
            assertThat(leaf(answer).get("buildId").asString()).isEqualTo(buildIdOfDemo());
        } else {
            assertThat(leaf(answer).get("reason").asString()).isEqualTo("STALE_FILE");
        }
    }

    /// The debug file by objcopy has lost the segments; those of the file that runs were seen.
    @Test
    void aDebugFileAloneNamesAProgramThatRunsHere() throws IOException {
        Path program = copy("binaries/layouts/pie.stripped", "program");
        Files.setLastModifiedTime(program, FileTime.from(Instant.now().minusSeconds(60)));
        long pid = start(program);
        Answer answer = post("/v1/batches", batch(pid, text(pid, program) - 0x10));
        String buildId = leaf(answer).get("buildId").asString();
        assertThat(leaf(answer).get("outcome").asString()).isEqualTo("NO_BINARY");

        byte[] debugFile = Files.readAllBytes(Fixtures.path("binaries/layouts/pie.objcopy"));
        send(request("/v1/binaries/%s/debuginfo".formatted(buildId)).PUT(BodyPublishers.ofByteArray(debugFile)));

        String[] first = Files.readAllLines(Fixtures.path("expected/layouts/pie.names"))
                .getFirst()
                .split(" ", -1);
        JsonNode symbol = leaf(answer).at("/symbols/0");
        assertThat(leaf(answer).get("offset").asString()).isEqualTo(first[0]);
        assertThat(symbol.get("function").asString()).isEqualTo(first[1]);
        assertThat(symbol.get("file").asString() + ":" + symbol.get("line").asInt())
                .isEqualTo(first[2]);
    }

    @Test
    void aProcessThatIsGoneIsToldSo() throws IOException {
        long pid = start(copy("binaries/demo", "program"));
        neighbour.orElseThrow().destroyForcibly().onExit().join();
        Answer answer = post("/v1/batches", batch(pid, 0x401000));
        assertThat(answer.status()).isEqualTo(410);
        assertThat(answer.json().get("errno").asString()).isEqualTo("ESRCH");
        assertThat(answer.json().get("field").asString()).isEqualTo("processes[0].maps");
    }

    /// Our own server may read everything where the tests run as root, so this is one that lacks SYS_PTRACE.
    @Test
    void aProcessThatMayNotBeReadIsRefusedWithWhatIsMissing() throws IOException {
        List<String> without = System.getProperty("user.name").equals("root")
                ? List.of("setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace")
                : List.of();
        try (ChildServer server = ChildServer.start(directory, without, List.of("--stackmapd.mode=sidecar"))) {
            port = server.port();
            Answer answer = post("/v1/batches", batch(1, 0x401000));
            assertThat(answer.status()).as(answer.response().body()).isEqualTo(403);
            assertThat(answer.json().get("errno").asString()).isEqualTo("EPERM");
            assertThat(answer.json().get("field").asString()).isEqualTo("processes[0].maps");
            assertThat(answer.json().get("detail").asString()).contains("same uid", "SYS_PTRACE");
        }
    }

    @Test
    void withoutMapsAndPidThereIsNothingToRead() {
        Answer answer = post("/v1/batches", "{\"processes\": [{}], \"stacks\": [{\"process\": 0, \"ips\": [1]}]}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("field").asString()).isEqualTo("processes[0].maps");
    }

    private Path copy(String fixture, String name) throws IOException {
        Path copy = directory.resolve(name);
        Files.copy(Fixtures.path(fixture), copy, StandardCopyOption.COPY_ATTRIBUTES);
        assertThat(copy.toFile().setExecutable(true)).isTrue();
        return copy;
    }

    private long start(Path program) throws IOException {
        Process process = new ProcessBuilder(program.toString(), "60")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        neighbour = Optional.of(process);
        return process.pid();
    }

    /// An address in the program's executable mapping, once it is there.
    private static long text(long pid, Path program) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
            if (line.contains(" r-xp ") && line.endsWith(program.toString())) {
                return Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16) + 0x10;
            }
        }
        throw new AssertionError("the program's text is not mapped");
    }

    private JsonNode leaf(Answer receipt) {
        return get("/v1/stacks/" + receipt.json().at("/ids/0").asString())
                .json()
                .at("/frames/0");
    }

    private static Map<String, Object> batch(long pid, long ip) {
        return Map.of(
                "processes",
                List.of(Map.of("pid", pid)),
                "stacks",
                List.of(Map.of("process", 0, "ips", List.of("0x" + Long.toHexString(ip)))));
    }

    /// As `readelf -n` printed it.
    private static String buildIdOfDemo() throws IOException {
        return Files.readString(Fixtures.path("expected/demo.buildid")).strip();
    }
}
