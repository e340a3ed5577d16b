package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.HungMount;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Batches that name files of a file system that does not answer, and batches that name very many files, at
/// small heaps. The service runs in a JVM of its own; honest senders are served meanwhile, and it ends when it
/// is asked to.
class HungFilesAttackTest extends AttackedServer {
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx512m"})
    void filesOnAHungMount(String heap) throws Exception {
        Path mount = Files.createDirectory(directory.resolve("mnt"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path honest = Files.write(
                directory.resolve("honest.so"),
                ElfBuilder.elf64().noteSegment(0x200, RawNote.buildIdOf(20)).build());
        try (HungMount hung = HungMount.at(mount);
                ChildServer server = startBy(hung.launcher(), heap);
                ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> attacks = new ArrayList<>();
            for (int sender = 0; sender < AT_ONCE; sender++) {
                String body = batch(mount, sender, 20);
                attacks.add(senders.submit(() -> post("/v1/batches", body)));
            }
            for (int i = 0; i < 20; i++) {
                assertIsServed(server, honest);
            }
            for (Future<Answer> attack : attacks) {
                Answer answer = attack.get();
                assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
                assertThat(answer.json().at("/frames/raw/UNREADABLE").asInt()).isEqualTo(20);
                assertThat(answer.json().at("/warnings/0/detail").asString())
                        .startsWith("the files of 20 mappings were not looked for on this host");
            }
            assertIsServed(server, honest);
            assertThat(metric("stackmapd_file_threads_lost")).isBetween(1.0, (double) AT_ONCE);
            assertThat(metric("stackmapd_files_not_looked_for_total")).isEqualTo(20.0 * AT_ONCE);

            server.process().destroy();
            assertThat(server.process().waitFor(30, TimeUnit.SECONDS))
                    .as("ends by SIGTERM")
                    .isTrue();
        }
    }

    /// What cannot be said of frames of a kernel-style map is said beside its results.
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m"})
    void filesOnAHungMountForAKernelStyleMap(String heap) throws Exception {
        Path mount = Files.createDirectory(directory.resolve("mnt"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (HungMount hung = HungMount.at(mount);
                ChildServer server = startBy(hung.launcher(), heap)) {
            assertThat(server.process().isAlive()).isTrue();
            put("/v1/stackmaps/m", "{\"maxEntries\": 64, \"buildId\": true}");
            Answer answer = post("/v1/stackmaps/m/stacks", batch(mount, 1, 3));
            assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
            assertThat(answer.json().at("/results")).hasSize(3);
            assertThat(answer.json().at("/warnings/0/detail").asString())
                    .startsWith("the files of 3 mappings were not looked");
        }
    }

    /// 600,000 look-ups, of which each costs a system call or two.
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx512m"})
    void veryManyFiles(String heap) throws Exception {
        byte[] body = manyFiles(10, 20_000);
        try (ChildServer server = start(heap, "--stackmapd.ingest.max-body=64MB")) {
            for (int i = 0; i < 3; i++) {
                Answer answer = postGzip("/v1/batches", body);
                assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
                assertThat(answer.json().at("/frames/raw/UNREADABLE").asInt()).isEqualTo(200_000);
                assertThat(answer.json().at("/warnings/0/detail").asString())
                        .matches(
                                "the files of \\d{6} mappings were not looked for on this host.*may look for 4096 files in 1000 ms.*");
                assertThat(answer.json().at("/warnings")).hasSize(1);
            }
            assertThat(server.process().isAlive()).isTrue();
            assertThat(get("/actuator/health/liveness").status()).isEqualTo(200);
            // What a batch has looked for, the next ones may remember.
            assertThat(metric("stackmapd_files_not_looked_for_total"))
                    .isGreaterThanOrEqualTo(3 * 200_000 - (1 + 2 + 3) * 4_096.0);
        }
    }

    /// A sidecar reads the maps of a process that a batch names many times; they would fill the heap.
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m"})
    void aLargeNeighbourManyTimes(String heap) throws Exception {
        try (ChildServer server = start(
                heap,
                "--stackmapd.mode=sidecar",
                "--stackmapd.ingest.max-body=1MB",
                "--stackmapd.ingest.max-encoded-body=1MB")) {
            StringBuilder processes = new StringBuilder();
            StringBuilder stacks = new StringBuilder();
            for (int i = 0; i < 1_024; i++) {
                processes
                        .append(i == 0 ? "" : ",")
                        .append("{\"pid\": %d}".formatted(server.process().pid()));
                stacks.append(i == 0 ? "" : ",").append("{\"process\": %d, \"ips\": [1]}".formatted(i));
            }
            Answer answer = post("/v1/batches", "{\"processes\": [%s], \"stacks\": [%s]}".formatted(processes, stacks));
            assertThat(answer.status()).as(answer.response().body()).isEqualTo(413);
            assertThat(answer.json().get("field").asString()).matches("processes\\[\\d+]\\.maps");
            assertThat(get("/actuator/health/liveness").status()).isEqualTo(200);
        }
    }

    /// Names a file that is there and answers, without saying its build-id.
    private void assertIsServed(ChildServer server, Path honest) throws IOException {
        Object inode = Files.getAttribute(honest, "unix:ino");
        Answer receipt = post("/v1/batches", """
                {"processes": [{"maps": "00400000-00401000 r-xp 00001000 00:00 %s %s\\n"}],
                 "stacks": [{"process": 0, "ips": ["0x400010"]}]}""".formatted(inode, honest));
        assertThat(receipt.status()).as(receipt.response().body()).isEqualTo(200);
        String id = receipt.json().at("/ids/0").asString();
        assertThat(get("/v1/stacks/" + id).json().at("/frames/0/buildId").asString())
                .isEqualTo(HexFormat.of().formatHex(RawNote.countingBytes(20)));
        assertIsHealthy(server);
    }

    /// Files with devices that no other batch has named.
    private static String batch(Path mount, int sender, int files) {
        StringBuilder maps = new StringBuilder();
        StringBuilder stacks = new StringBuilder();
        for (int i = 0; i < files; i++) {
            maps.append("%05x000-%05x000 r-xp 00000000 %02x:%02x %d %s/%d/%d\\n"
                    .formatted(0x400 + i, 0x401 + i, 0x70 + sender, i, i + 1, mount, sender, i));
            stacks.append(i == 0 ? "" : ",").append("{\"process\": 0, \"ips\": [\"0x%x010\"]}".formatted(0x400 + i));
        }
        return "{\"processes\": [{\"maps\": \"%s\"}], \"stacks\": [%s]}".formatted(maps, stacks);
    }

    private static byte[] manyFiles(int processes, int files) throws IOException {
        StringBuilder body = new StringBuilder("{\"processes\": [");
        for (int process = 0; process < processes; process++) {
            body.append(process == 0 ? "" : ",").append("{\"maps\": \"");
            for (int i = 0; i < files; i++) {
                body.append("%05x000-%05x000 r-xp 00000000 fe:00 %d /%d\\n".formatted(i + 1, i + 2, i + 1, process));
            }
            body.append("\"}");
        }
        body.append("], \"stacks\": [");
        for (int process = 0; process < processes; process++) {
            for (int i = 0; i < files; i += 100) {
                body.append(process + i == 0 ? "" : ",").append("{\"process\": %d, \"ips\": [".formatted(process));
                for (int ip = i; ip < i + 100; ip++) {
                    body.append(ip == i ? "" : ",").append((ip + 1L) << 12);
                }
                body.append("]}");
            }
        }
        return gzip(body.append("]}").toString());
    }
}
