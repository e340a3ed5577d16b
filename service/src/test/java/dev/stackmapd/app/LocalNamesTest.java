package dev.stackmapd.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.Tools;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// A first try: maps and addresses of a process of this host are named without a setting, and the files that the names
/// come from are not given to anybody. Expected are the symbols of readelf (`expected/sizes.symbols`).
@EnabledOnOs(OS.LINUX)
class LocalNamesTest extends LiveServer {
    private static final String SIZES = "200bf03e0aaa3cc0ed32b90fbc23a1e773b167d9";

    @TempDir
    private Path directory;

    private Path binary;

    @BeforeEach
    void binary() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        binary = Files.copy(Fixtures.path("binaries/sizes"), directory.resolve("program"));
    }

    @Test
    void onLoopback() throws IOException {
        try (ChildServer server = start()) {
            JsonNode frame = frame(sent());
            assertThat(frame.get("outcome").asString()).isEqualTo("KNOWN");
            assertThat(frame.at("/symbols/0/function").asString()).isEqualTo("outer");

            assertThat(get("/buildid/" + SIZES + "/executable").status()).isEqualTo(404);
            assertThat(get("/buildid/" + SIZES + "/section/.text").status()).isEqualTo(404);
            JsonNode known = get("/v1/binaries/" + SIZES).json();
            assertThat(known.get("outcome").asString()).isEqualTo("KNOWN");
            assertThat(known.get("artifacts")).isEmpty();
            assertThat(known.has("description")).isFalse();
            assertThat(get("/v1/binaries?missing=true").json().get("binaries")).isEmpty();
            assertThat(server.process().isAlive()).isTrue();
        }
    }

    /// The answer that nothing is held is remembered, and forgotten as soon as the file is found.
    @Test
    void afterTheyWereAskedForInVain() throws IOException {
        try (ChildServer server = start()) {
            assertThat(symbolized().get("outcome").asString()).isEqualTo("NO_BINARY");
            frame(sent());
            assertThat(symbolized().get("outcome").asString()).isEqualTo("KNOWN");
            assertThat(server.process().isAlive()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--stackmapd.files.names=false, NO_BINARY",
        "--stackmapd.files.access=none --stackmapd.files.names=true, NO_BINARY",
        "--server.address=0.0.0.0 --stackmapd.security.allow-unauthenticated=true --stackmapd.files.access=roots"
                + " --stackmapd.files.roots=/, NO_BINARY",
        "--server.address=0.0.0.0 --stackmapd.security.allow-unauthenticated=true --stackmapd.files.access=roots"
                + " --stackmapd.files.roots=/ --stackmapd.files.names=true, KNOWN"
    })
    void asTheSettingsSay(String settings, String outcome) throws IOException {
        try (ChildServer server = start(settings.split(" ", -1))) {
            assertThat(post("/v1/batches", sent()).status()).isEqualTo(200);
            assertThat(symbolized().get("outcome").asString()).isEqualTo(outcome);
            assertThat(server.process().isAlive()).isTrue();
        }
    }

    /// The file is named by what its process has mapped, wherever that process has its root.
    @Test
    void inASidecar() throws Exception {
        Path demo = Files.copy(
                Fixtures.path("binaries/demo"), directory.resolve("demo"), StandardCopyOption.COPY_ATTRIBUTES);
        assertThat(demo.toFile().setExecutable(true)).isTrue();
        Process neighbour = new ProcessBuilder(demo.toString(), "60")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (ChildServer server = start("--stackmapd.mode=sidecar", "--stackmapd.files.access=proc")) {
            Path maps = Path.of("/proc/" + neighbour.pid() + "/maps");
            String code = Files.readAllLines(maps).stream()
                    .filter(line -> line.contains(" r-xp ") && line.endsWith("/demo"))
                    .findFirst()
                    .orElseThrow();
            String[] symbol = Files.readAllLines(Fixtures.path("expected/demo.symbols")).stream()
                    .filter(line -> line.endsWith(" main"))
                    .findFirst()
                    .orElseThrow()
                    .split(" ", -1);
            long start = Long.parseUnsignedLong(code.substring(0, code.indexOf('-')), 16);
            long offset = Long.parseUnsignedLong(code.split(" +", -1)[2], 16);
            JsonNode frame = frame(JSON.writeValueAsString(Map.of(
                    "processes", List.of(Map.of("pid", neighbour.pid())),
                    "stacks", List.of(Map.of("process", 0, "ips", List.of(start - offset + Long.decode(symbol[0])))))));
            JsonNode names = frame.get("symbols");
            assertThat(names.get(names.size() - 1).get("function").asString()).isEqualTo("main");
            assertThat(server.process().isAlive()).isTrue();
        } finally {
            neighbour.destroyForcibly();
        }
    }

    /// What perf has kept of a program that is gone.
    @Test
    void fromPerfsCache() throws Exception {
        Process perf = new ProcessBuilder(
                        Tools.path("perf", "linux-perf"),
                        "--buildid-dir",
                        directory.resolve(".debug").toString(),
                        "buildid-cache",
                        "--add",
                        binary.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(perf.getInputStream().readAllBytes(), UTF_8);
        assertThat(perf.waitFor()).as(said).isZero();
        Files.delete(binary);
        try (ChildServer server = start("-Duser.home=" + directory)) {
            assertThat(symbolized().get("outcome").asString()).isEqualTo("KNOWN");
            assertThat(get("/buildid/" + SIZES + "/executable").status()).isEqualTo(404);
            assertThat(server.process().isAlive()).isTrue();
        }
    }

    private ChildServer start(String... arguments) throws IOException {
        ChildServer server = ChildServer.start(directory, List.of(), List.of(arguments));
        port = server.port();
        return server;
    }

    private JsonNode symbolized() {
        return post("/v1/symbolize", "{\"frames\": [{\"buildId\": \"%s\", \"offset\": \"0x1025\"}]}".formatted(SIZES))
                .json()
                .at("/frames/0");
    }

    private JsonNode frame(String batch) {
        Answer receipt = post("/v1/batches", batch);
        assertThat(receipt.status()).as(receipt.response().body()).isEqualTo(200);
        return get("/v1/stacks/" + receipt.json().at("/ids/0").asString())
                .json()
                .at("/frames/0");
    }

    /// An address of `outer`, at offset 0x1025, in the line that the kernel would print for the file.
    private String sent() throws IOException {
        long device = (Long) Files.getAttribute(binary, "unix:dev");
        long major = ((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL);
        long minor = (device & 0xff) | ((device >>> 12) & 0xffff_ff00L);
        String maps = "00400000-00402000 r-xp 00000000 %02x:%02x %s %s\n"
                .formatted(major, minor, Files.getAttribute(binary, "unix:ino"), binary);
        return JSON.writeValueAsString(Map.of(
                "processes", List.of(Map.of("maps", maps)),
                "stacks", List.of(Map.of("process", 0, "ips", List.of("0x401025")))));
    }
}
