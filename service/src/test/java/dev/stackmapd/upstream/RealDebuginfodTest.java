package dev.stackmapd.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.Tools;
import dev.stackmapd.elfcore.bytes.ByteArrayBytes;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.elfcore.elf.BuildIdReader;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.upstream.AddressRules.AddressScope;
import dev.stackmapd.upstream.CallOutcome.Fetched;
import dev.stackmapd.upstream.CallOutcome.NotFound;
import dev.stackmapd.upstream.CallOutcome.TooLarge;
import dev.stackmapd.upstream.FileRequest.BinaryKind;
import dev.stackmapd.upstream.FileRequest.SourceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// elfutils' own server as our upstream, and elfutils' own client for how requests look. Where they are not installed
/// (packages `debuginfod`, `debuginfod` and `gcc`), a test is skipped and says so.
class RealDebuginfodTest {
    private static final String ODD_NAME = "sub/../a b+%2B~é.c";

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (Process process : started) {
            process.destroy();
            process.waitFor();
        }
    }

    @Test
    void fetchesBothHalvesOfASplitFile() throws Exception {
        Path served = Files.createDirectory(directory.resolve("served"));
        byte[] executable = copy("binaries/split/stripped", served);
        byte[] debuginfo = copy("binaries/split/stripped.debug", served);
        BuildId id = buildIdOf(executable);
        try (TestBed bed = new TestBed(Limits.patient(), TestBed.LOOPBACK, serve(served))) {
            awaitHeld(bed, new FileRequest(id, BinaryKind.DEBUGINFO));
            assertThat(fetch(bed, new FileRequest(id, BinaryKind.EXECUTABLE)))
                    .isEqualTo(new Fetched(executable.length));
            assertThat(bed.taken.kept()).containsExactly(debuginfo, executable);
            assertThat(fetch(bed, TestBed.WANTED)).isEqualTo(new NotFound(AddressScope.PRIVATE));
            bed.nothingIsLeft();
        }
    }

    @Test
    void fetchesASourceFileUnderTheNameThatDwarfHas() throws Exception {
        byte[] source = "int main(void) { return 7; }\n".getBytes(UTF_8);
        BuildId id = compile(source);
        try (TestBed bed = new TestBed(Limits.patient(), TestBed.LOOPBACK, serve(directory))) {
            awaitHeld(bed, new FileRequest(id, BinaryKind.EXECUTABLE));
            FileRequest request = new FileRequest(id, new SourceFile(directory.toRealPath() + "/" + ODD_NAME));
            awaitHeld(bed, request);
            assertThat(bed.taken.kept()).endsWith(source);
            assertThat(fetch(bed, new FileRequest(id, new SourceFile("/no/such.c"))))
                    .isEqualTo(new NotFound(AddressScope.PRIVATE));
        }
    }

    @Test
    void isToldThatAFileIsTooLarge() throws Exception {
        BuildId id = compile("char big[2 << 20] = {1}; int main(void) { return big[5]; }\n".getBytes(UTF_8));
        try (TestBed bed = new TestBed(Limits.patient(), TestBed.LOOPBACK, serve(directory))) {
            FileRequest request = new FileRequest(id, BinaryKind.EXECUTABLE);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !(fetch(bed, request) instanceof NotFound)
                            && !(fetch(bed, request) instanceof CallOutcome.Unreachable));
            assertThat(fetch(bed, request)).isEqualTo(new TooLarge(Limits.MAX_BYTES));
            assertThat(bed.taken.opened()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/src/main.cc",
                "/usr/./src/../a b+c%2B~x//é!(1)*,;:@&=$'#?[]\"<>|{}^`\\.c",
                "//src//x.c",
                "/../../x",
                "/a\nb\tc\u007f"
            })
    void asksForSourceFilesAsElfutilsDoes(String name) throws Exception {
        Path client = Path.of(Tools.path("debuginfod-find", "debuginfod"));
        try (RawUpstream asked = RawUpstream.missing()) {
            ProcessBuilder builder = new ProcessBuilder(client.toString(), "source", TestBed.ID.hex(), name)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().put("DEBUGINFOD_URLS", "http://127.0.0.1:" + asked.port());
            builder.environment().put("DEBUGINFOD_CACHE_PATH", directory.toString());
            builder.environment().put("LC_ALL", "C.UTF-8");
            start(builder).waitFor();
            assertThat(asked.heads())
                    .singleElement()
                    .asString()
                    .startsWith("GET /" + new FileRequest(TestBed.ID, new SourceFile(name)).path() + " HTTP/1.1\r\n");
        }
    }

    /// Where debuginfod scans as long as it likes, a file is not found at first.
    private static void awaitHeld(TestBed bed, FileRequest request) {
        await().atMost(Duration.ofSeconds(30)).until(() -> fetch(bed, request) instanceof Fetched);
    }

    private static CallOutcome fetch(TestBed bed, FileRequest request) throws InterruptedException {
        bed.upstreams.forget(request.buildId());
        return bed.upstreams
                .fetch(request, ForwardedHeaders.OWN)
                .answers()
                .getFirst()
                .outcome();
    }

    private Upstream serve(Path folder) throws IOException {
        Path server = Path.of(Tools.path("debuginfod", "debuginfod"));
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder(
                        server.toString(),
                        "-F",
                        "-p",
                        Integer.toString(port),
                        "-d",
                        directory.resolve("database").toString(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("debuginfod.log").toFile());
        builder.environment().remove("DEBUGINFOD_URLS");
        start(builder);
        return Upstream.of("http://127.0.0.1:" + port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /// @return the program's build-id
    private BuildId compile(byte[] source) throws IOException, InterruptedException {
        Path gcc = Path.of(Tools.path("gcc", "gcc"));
        Files.createDirectory(directory.resolve("sub"));
        Files.write(directory.resolve("a b+%2B~é.c"), source);
        ProcessBuilder builder = new ProcessBuilder(
                        gcc.toString(), "-g", "-Wl,--build-id=sha1", "-o", "program", ODD_NAME)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("gcc.log").toFile());
        assertThat(start(builder).waitFor())
                .as(() -> read(directory.resolve("gcc.log")))
                .isZero();
        return buildIdOf(Files.readAllBytes(directory.resolve("program")));
    }

    private Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] copy(String fixture, Path into) throws IOException {
        Path from = Fixtures.path(fixture);
        Files.copy(from, into.resolve(from.getFileName()));
        return Files.readAllBytes(from);
    }

    private static BuildId buildIdOf(byte[] file) throws IOException {
        BuildIdSearch search =
                new BuildIdReader(BuildIdProfile.LENIENT, ParseLimits.DEFAULT).read(new ByteArrayBytes("file", file));
        assertThat(search).isInstanceOf(BuildIdSearch.Found.class);
        return ((BuildIdSearch.Found) search).buildId();
    }
}
