package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.Tools;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/// The service as a debuginfod server, asked by the clients that people have.
class DebuginfodClientsTest extends LiveServer {
    /// A stripped executable, and its debug file.
    private static final String ID = "bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2";
    private static final Path STRIPPED = Fixtures.path("binaries/split/stripped");
    private static final Path DEBUG = Fixtures.path("binaries/debug-tree/.build-id/bf/" + ID.substring(2) + ".debug");
    private static final Path SOURCE = Fixtures.path("sources/main.cc");

    @TempDir
    private static Path sourceRoot;

    @TempDir
    private Path clientCache;

    @DynamicPropertySource
    static void sources(DynamicPropertyRegistry registry) throws IOException {
        Path folder = Files.createDirectories(sourceRoot.resolve("src"));
        for (String name : List.of("main.cc", "geometry.h")) {
            Files.copy(Fixtures.path("sources/" + name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.writeString(sourceRoot.resolve("secret"), "not source");
        registry.add("stackmapd.debuginfod.sources", sourceRoot::toString);
    }

    @BeforeEach
    void upload() throws IOException {
        put("executable", STRIPPED);
        put("debuginfo", DEBUG);
    }

    private void put(String kind, Path file) throws IOException {
        assertThat(send(request("/v1/binaries/%s/%s".formatted(ID, kind))
                                .PUT(BodyPublishers.ofByteArray(Files.readAllBytes(file))))
                        .status())
                .isIn(200, 201);
    }

    @Test
    void debuginfodFindGetsDebugInformation() throws IOException {
        assertThat(found("debuginfo")).hasSameBinaryContentAs(DEBUG);
    }

    @Test
    void debuginfodFindGetsTheExecutable() throws IOException {
        assertThat(found("executable")).hasSameBinaryContentAs(STRIPPED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/src/main.cc", "/src/../src/./main.cc", "//src//main.cc"})
    void debuginfodFindGetsSource(String path) throws IOException {
        assertThat(found("source", path)).hasSameBinaryContentAs(SOURCE);
    }

    /// What dwz took out may have the folder that relative names count from.
    @Test
    void sourceOfABinaryThatDwzHasShared() throws IOException {
        String id = "30c9879257ed19cfa469ff85aae7984a6a88be23";
        String common = "6d59e09069c119f17da5ec4b3c1508f555fc29d8";
        for (String[] file :
                new String[][] {{id, "executable", "dwz-1"}, {common, "supplementary", "dwz-common.debug"}}) {
            assertThat(send(request("/v1/binaries/%s/%s".formatted(file[0], file[1]))
                                    .PUT(BodyPublishers.ofByteArray(
                                            Files.readAllBytes(Fixtures.path("binaries/dwarf/" + file[2])))))
                            .status())
                    .isIn(200, 201);
        }
        assertThat(get("/buildid/%s/source/src/main.cc".formatted(id))
                        .response()
                        .body())
                .isEqualTo(Files.readString(SOURCE));
        delete("/v1/binaries/%s/executable".formatted(id));
    }

    /// Debian compiles glibc so: in folders below the root of the sources, of which no name says where it is.
    @Test
    void sourceOfABinaryWithRelativeNames(@TempDir Path root) throws IOException {
        String id = "0d".repeat(20);
        for (String name : List.of(
                "csu/init.c", "csu/same.c", "sysdeps/x86_64/start.c", "debian/src/deep.c", "debian/build/same.c")) {
            for (Path folder : List.of(root, sourceRoot)) {
                Files.createDirectories(folder.resolve(name).getParent());
                Files.writeString(
                        folder.resolve(name), "int %s(void) { return 1; }\n".formatted(name.replaceAll("[/.]", "_")));
            }
        }
        Path binary = compiled(root, id);
        assertThat(send(request("/v1/binaries/%s/executable".formatted(id))
                                .PUT(BodyPublishers.ofByteArray(Files.readAllBytes(binary))))
                        .status())
                .isEqualTo(201);
        assertThat(Map.of(
                        "sysdeps/x86_64/start.c", "int sysdeps_x86_64_start_c(void) { return 1; }\n",
                        "./csu/../sysdeps/x86_64/start.c", "int sysdeps_x86_64_start_c(void) { return 1; }\n",
                        "../sysdeps/x86_64/start.c", "int sysdeps_x86_64_start_c(void) { return 1; }\n",
                        "./csu/init.c", "int csu_init_c(void) { return 1; }\n",
                        "csu/init.c", "int csu_init_c(void) { return 1; }\n",
                        "init.c", "int csu_init_c(void) { return 1; }\n",
                        "debian/src/deep.c", "int debian_src_deep_c(void) { return 1; }\n",
                        "../src/deep.c", "int debian_src_deep_c(void) { return 1; }\n",
                        "..%2Fsrc%2Fdeep.c", "int debian_src_deep_c(void) { return 1; }\n"))
                .allSatisfy((name, text) -> {
                    Answer answer = get("/buildid/%s/source/%s".formatted(id, name));
                    assertThat(answer.status()).isEqualTo(200);
                    assertThat(answer.response().body()).isEqualTo(text);
                });
        assertThat(List.of("same.c", "../secret", "./secret", "src/deep.c", "src/main.cc", "%2e%2e/secret"))
                .allSatisfy(name -> assertThat(rawStatus("/buildid/%s/source/%s".formatted(id, name)))
                        .isEqualTo(404));
        delete("/v1/binaries/%s/executable".formatted(id));
    }

    /// @param root of the sources
    private static Path compiled(Path root, String id) {
        String gcc = Tools.path("gcc", "gcc") + " -g -fPIC -nostdlib -ffile-prefix-map=" + root + "=.";
        String script = """
                set -e
                (cd csu && %1$s -c -o ../1.o ../sysdeps/x86_64/start.c && %1$s -c -o ../2.o init.c)
                (cd csu && %1$s -c -o ../3.o same.c)
                (cd debian/build && %1$s -c -o ../../4.o ../src/deep.c && %1$s -c -o ../../5.o same.c)
                %1$s -shared -Wl,--build-id=0x%2$s -o library.so 1.o 2.o 3.o 4.o 5.o
                """.formatted(gcc, id);
        Tools.Run run =
                Tools.run(Map.of(), List.of("/bin/sh", "-c", "cd \"$1\"\n" + script, "compile", root.toString()));
        assertThat(run.code()).as(run.out()).isZero();
        return root.resolve("library.so");
    }

    @ParameterizedTest
    @ValueSource(strings = {".text", ".debug_line", ".dynsym", ".note.gnu.build-id"})
    void debuginfodFindGetsSectionsAsTheyAreStored(String name) throws IOException {
        Path dump = clientCache.resolve("dump");
        Path from = name.startsWith(".debug") ? DEBUG : STRIPPED;
        String objcopy = Tools.path("objcopy", "binutils");
        Path copy = Files.copy(from, clientCache.resolve("copy"));
        assertThat(Tools.run(Map.of(), List.of(objcopy, "--dump-section", name + "=" + dump, copy.toString()))
                        .code())
                .isZero();
        assertThat(found("section", name)).hasSameBinaryContentAs(dump);
    }

    @ParameterizedTest
    @CsvSource({
        "debuginfo, 00c9879257ed19cfa469ff85aae7984a6a88be23, ''",
        "section, bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2, .nowhere",
        "source, bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2, /secret",
        "source, bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2, /src/../secret",
        "source, bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2, /etc/passwd",
    })
    void debuginfodFindIsToldThatThereIsNone(String kind, String id, String what) {
        Tools.Run run = find(what.isEmpty() ? new String[] {kind, id} : new String[] {kind, id, what});
        assertThat(run.code()).isNotZero();
        assertThat(run.out()).contains("No such file or directory");
    }

    @Test
    void gdbShowsLinesAndSourceOfAStrippedBinary() {
        String gdb = Tools.path("gdb", "gdb");
        Tools.Run run = Tools.run(
                client(),
                List.of(
                        gdb,
                        "-nx",
                        "-q",
                        "-batch",
                        "-ex",
                        "set debuginfod enabled on",
                        "-ex",
                        "info line _start",
                        "-ex",
                        "list _start",
                        STRIPPED.toString()));
        assertThat(run.out()).contains("Line ").contains("/src/main.cc").contains("void _start()");
    }

    @Test
    void llvmSymbolizerNamesAStrippedBinary() throws IOException {
        String llvm = Tools.path("llvm-symbolizer-19", "llvm-19");
        String start = address("_start");
        Tools.Run run = Tools.run(client(), List.of(llvm, "--debuginfod", "--obj=" + STRIPPED, start));
        assertThat(run.out().lines().toList()).first().isEqualTo("_start");
        assertThat(run.out()).contains("/src/main.cc:");
    }

    private static String address(String function) {
        String nm = Tools.path("nm", "binutils");
        return Tools.run(Map.of(), List.of(nm, DEBUG.toString()))
                .out()
                .lines()
                .filter(line -> line.endsWith(" " + function))
                .map(line -> "0x" + line.substring(0, 16))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aPartOfAFile() throws IOException {
        byte[] file = Files.readAllBytes(DEBUG);
        String path = "/buildid/%s/debuginfo".formatted(ID);
        Answer all = send(request(path).method("HEAD", BodyPublishers.noBody()));
        assertThat(all.response().headers().firstValueAsLong("Content-Length")).hasValue(file.length);
        assertThat(all.response().headers().firstValue("X-DEBUGINFOD-SIZE")).contains(String.valueOf(file.length));
        assertThat(all.response().headers().firstValue("Last-Modified")).isPresent();
        assertThat(all.response().headers().firstValue("Cache-Control")).contains("public");
        assertThat(all.response().headers().firstValue("X-DEBUGINFOD-FILE")).isEmpty();
        assertThat(part(path, "bytes=1-3", 206)).isEqualTo(Arrays.copyOfRange(file, 1, 4));
        assertThat(part(path, "bytes=" + (file.length - 2) + "-", 206))
                .isEqualTo(Arrays.copyOfRange(file, file.length - 2, file.length));
        assertThat(part(path, "bytes=-3", 206)).isEqualTo(Arrays.copyOfRange(file, file.length - 3, file.length));
        assertThat(part(path, "bytes=-999999999999", 206)).isEqualTo(file);
        assertThat(part(path, "bytes=0-1,3-4", 200)).isEqualTo(file);
        assertThat(part(path, "bytes=0-999999999999", 206)).isEqualTo(file);
        for (String ignored : List.of("bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "lines=0-1")) {
            assertThat(part(path, ignored, 200)).isEqualTo(file);
        }
        assertThat(part(path, "bytes=-0", 416)).isEmpty();
        assertThat(part(path, "bytes=" + file.length + "-", 416)).isEmpty();
        String tag = all.response().headers().firstValue("ETag").orElseThrow();
        for (String known : List.of(tag, "*", "W/" + tag, "\"r2d2xxxx\", " + tag)) {
            assertThat(send(request(path).header("If-None-Match", known)).status())
                    .isEqualTo(304);
        }
        for (String other : List.of("\"r2d2xxxx\"", tag.substring(1), "xyzzy")) {
            assertThat(send(request(path).header("If-None-Match", other)).status())
                    .isEqualTo(200);
        }
        assertThat(send(request(path).header("Range", "bytes=0-0").header("If-Range", "\"another\""))
                        .status())
                .isEqualTo(200);
    }

    /// Large bodies are sent by the kernel, straight from the file.
    @Test
    void aLargeFileAndPartsOfIt() throws IOException {
        String id = "30c9879257ed19cfa469ff85aae7984a6a88be23";
        byte[] plain = Files.readAllBytes(Fixtures.path("binaries/dwarf/plain"));
        byte[] file = Arrays.copyOf(plain, 5 << 20);
        for (int i = plain.length; i < file.length; i++) {
            file[i] = (byte) ((i * 31) >>> 3);
        }
        assertThat(send(request("/v1/binaries/%s/executable".formatted(id)).PUT(BodyPublishers.ofByteArray(file)))
                        .status())
                .isIn(200, 201);
        String path = "/buildid/%s/executable".formatted(id);
        assertThat(part(path, "bytes=0-", 206)).isEqualTo(file);
        assertThat(part(path, "bytes=1000-3000000", 206)).isEqualTo(Arrays.copyOfRange(file, 1_000, 3_000_001));
        assertThat(part(path, "bytes=-200000", 206))
                .isEqualTo(Arrays.copyOfRange(file, file.length - 200_000, file.length));
        assertThat(part(path, "none", 200)).isEqualTo(file);
        assertThat(delete("/v1/binaries/%s/executable".formatted(id)).status()).isEqualTo(204);
        assertThat(get(path).status()).isEqualTo(404);
    }

    private byte[] part(String path, String range, int status) {
        try {
            var response = java.net.http.HttpClient.newHttpClient()
                    .send(
                            request(path).header("Range", range).build(),
                            java.net.http.HttpResponse.BodyHandlers.ofByteArray());
            assertThat(response.statusCode()).as(range).isEqualTo(status);
            return response.body();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFileLargerThanTheClientWantsIsNotSent() {
        assertThat(send(request("/buildid/%s/debuginfo".formatted(ID)).header("X-DEBUGINFOD-MAXSIZE", "100"))
                        .status())
                .isEqualTo(406);
    }

    @ParameterizedTest
    @CsvSource({
        "/buildid/xyz/debuginfo, 400",
        "/buildid/123/debuginfo, 400",
        "/buildid/00c9879257/debuginfo, 404",
        "/buildid/00c9879257/other, 404",
        "/buildid/bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2/source/src/%zz, 400",
        "/buildid/bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2/source/src/%5Cmain.cc, 404",
        "/buildid/bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2/source/src%2Fmain.cc, 200",
        "/buildid/bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2/source/src/main.cc?x=1, 200",
    })
    void requestsThatAreNone(String path, int status) {
        assertThat(rawStatus(path)).isEqualTo(status);
    }

    /// As it stands: the JDK's client would refuse some of these itself.
    private int rawStatus(String path) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .formatted(path)
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return Integer.parseInt(answer.substring(9, 12));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void requestsAreCountedUnderTheNamesOfElfutils() {
        get("/buildid/%s/executable".formatted(ID));
        assertThat(get("/actuator/prometheus").response().body())
                .contains("http_requests_total{type=\"executable\"}")
                .contains("http_responses_transfer_bytes_sum{code=\"200\",type=\"executable\"}")
                .contains("http_responses_duration_milliseconds_count{code=\"200\",type=\"executable\"}");
    }

    private Path found(String kind, String... what) throws IOException {
        String[] arguments = new String[2 + what.length];
        arguments[0] = kind;
        arguments[1] = ID;
        System.arraycopy(what, 0, arguments, 2, what.length);
        Tools.Run run = find(arguments);
        assertThat(run.code()).as(run.out()).isZero();
        return Path.of(run.out().strip());
    }

    private Tools.Run find(String... arguments) {
        List<String> command = new java.util.ArrayList<>();
        command.add(Tools.path("debuginfod-find", "debuginfod"));
        command.addAll(List.of(arguments));
        return Tools.run(client(), command);
    }

    private Map<String, String> client() {
        return Map.of(
                "DEBUGINFOD_URLS",
                "http://127.0.0.1:%d".formatted(port),
                "DEBUGINFOD_CACHE_PATH",
                clientCache.resolve("cache").toString(),
                "HOME",
                clientCache.toString());
    }
}
