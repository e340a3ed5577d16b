package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stackmapd.FuseMount;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.process.MapsParser;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.linux.HostFileThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Files are found again as long as they are what was opened, by whatever path leads to them.
@EnabledOnOs(OS.LINUX)
class BinaryLocationsTest {
    private static final BuildId ID = BuildId.of(RawNote.countingBytes(20));

    @TempDir
    private Path folder;

    private final HostFileThreads threads = new HostFileThreads(4);
    private final BinaryLocations opened = new BinaryLocations(1 << 20, threads);
    private final List<BuildId> told = new ArrayList<>();
    private final List<Process> children = new ArrayList<>();
    private Path file;

    @BeforeEach
    void file() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        opened.listen(told::add);
        file = Files.write(folder.resolve("a.so"), elf(20));
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process child : children) {
            child.destroyForcibly().waitFor();
        }
        threads.close();
    }

    @Test
    void byItsPath() throws IOException {
        resolve(file);
        assertThat(opened.find(ID)).hasValue(file);
        assertThat(opened.find(BuildId.of(RawNote.countingBytes(19)))).isEmpty();
    }

    /// The kernel gives a build-id of 8 bytes with 12 zeros behind it.
    @Test
    void byAPaddedBuildId() throws IOException {
        resolve(Files.write(file, elf(8)));
        byte[] padded = Arrays.copyOf(RawNote.countingBytes(8), 20);
        assertThat(opened.find(BuildId.of(padded))).hasValue(file);
    }

    @Test
    void notWhenItHasChanged() throws IOException {
        resolve(file);
        Files.write(file, new byte[] {0}, StandardOpenOption.APPEND);
        assertThat(opened.find(ID)).isEmpty();
    }

    @Test
    void notWhenAnotherOneHasItsPlace() throws IOException {
        resolve(file);
        Files.move(Files.write(folder.resolve("new"), elf(20)), file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(opened.find(ID)).isEmpty();
        resolve(file);
        assertThat(opened.find(ID)).hasValue(file);
        assertThat(told).as("each time that none was known").containsExactly(ID, ID);
    }

    @Test
    void theLastOfSeveral() throws IOException {
        resolve(file);
        Path other = Files.write(folder.resolve("b.so"), elf(20));
        resolve(other);
        assertThat(opened.find(ID)).hasValue(other);
        assertThat(told).containsExactly(ID);
    }

    @Test
    void onlyAsManyAsFit() throws IOException {
        BinaryLocations few = new BinaryLocations(0, threads);
        resolve(file, few, 0);
        await().until(() -> few.find(ID).isEmpty());
    }

    @Test
    void inAnotherMountNamespaceThroughTheRootOfTheProcess() throws IOException {
        assumeRoot();
        String script = "mount -t tmpfs none \"$0\" && cp \"$1\" \"$0/hidden\" && exec \"$0/hidden\" 600";
        Process child = start("unshare", "-m", "sh", "-c", script, folder.toString(), "/bin/sleep");
        BuildId buildId = resolveExecutable(child, "hidden");

        Path found = opened.find(buildId).orElseThrow();
        assertThat(found.toString()).isEqualTo("/proc/%d/root%s/hidden", child.pid(), folder);
        assertThat(found).hasSameBinaryContentAs(Path.of("/bin/sleep"));
        child.destroyForcibly().onExit().join();
        assertThat(opened.find(buildId)).isEmpty();
    }

    @Test
    void thoughItIsDeletedAsLongAsItIsMapped() throws IOException {
        assumeRoot();
        Path program = Files.copy(Path.of("/bin/sleep"), folder.resolve("gone"));
        Process child = start(program.toString(), "600");
        BuildId buildId = resolveExecutable(child, "gone");
        Files.delete(program);

        Path found = opened.find(buildId).orElseThrow();
        assertThat(found.toString()).startsWith("/proc/" + child.pid() + "/map_files/");
        assertThat(found).hasSameBinaryContentAs(Path.of("/bin/sleep"));
    }

    /// It is read for its build-id, and not remembered.
    @Test
    void notInAFileSystemOfFuse() throws IOException {
        try (FuseMount fuse = FuseMount.at(Files.createDirectory(folder.resolve("mnt")), file)) {
            Path seen = Path.of(fuse.root().toString(), fuse.file().toString());
            VmaIndex vmas = new MapsText()
                    .file(seen, fuse.file().toString().getBytes(UTF_8))
                    .parse();
            HostFiles files = files(Resolving.roots(fuse.root()), opened);
            ProcessFiles process = files.batch().of(0, ProcessFiles.MappingsOrigin.SENT);

            assertThat(process.buildIdOf(vmas.get(0), BuildIdProfile.LENIENT)).isEqualTo(new Resolution.Found(ID));
            assertThat(opened.find(ID)).isEmpty();
            assertThat(told).isEmpty();
        }
    }

    private static byte[] elf(int idBytes) {
        return ElfBuilder.elf64().noteSegment(0x200, RawNote.buildIdOf(idBytes)).build();
    }

    private void resolve(Path path) throws IOException {
        resolve(path, opened, 0);
    }

    private void resolve(Path path, BinaryLocations into, int pid) throws IOException {
        VmaIndex vmas =
                new MapsText().file(path, path.toString().getBytes(UTF_8)).parse();
        assertThat(resolve(vmas, 0, into, pid)).isInstanceOf(Resolution.Found.class);
    }

    private Resolution resolve(VmaIndex vmas, int line, BinaryLocations into, int pid) {
        HostFiles files = files(new FileAccess.Proc(pid == 0 ? List.of(Path.of("/")) : List.of()), into);
        ProcessFiles process = files.batch().of(pid, ProcessFiles.MappingsOrigin.SENT);
        return process.buildIdOf(vmas.get(line), BuildIdProfile.LENIENT);
    }

    private HostFiles files(FileAccess access, BinaryLocations into) {
        ResolutionCache nothing = new ResolutionCache(1 << 20, Duration.ZERO, Duration.ZERO);
        HostFiles.Caches memory = new HostFiles.Caches(Resolving.cache(), nothing, into);
        return new HostFiles(access, memory, threads, BatchFiles.Budget.DEFAULT);
    }

    private BuildId resolveExecutable(Process child, String program) throws IOException {
        Path maps = Path.of("/proc/" + child.pid() + "/maps");
        await().until(() -> Files.readString(maps).lines().anyMatch(line -> line.endsWith("/" + program)));
        VmaIndex vmas = MapsParser.parse(Files.readAllBytes(maps)).vmas();
        for (int line = 0; line < vmas.size(); line++) {
            if (vmas.get(line).name().endsWith("/" + program)) {
                return Optional.of(resolve(vmas, line, opened, (int) child.pid()))
                        .map(Resolution.Found.class::cast)
                        .orElseThrow()
                        .buildId();
            }
        }
        throw new AssertionError("no mapping of " + program);
    }

    private Process start(String... command) throws IOException {
        Process child = new ProcessBuilder(command).start();
        children.add(child);
        return child;
    }

    private static void assumeRoot() throws IOException {
        assumeTrue(
                Files.readString(Path.of("/proc/self/status")).contains("\nUid:\t0\t0\t"),
                "needs root, for namespaces and the links in /proc/<pid>/map_files");
    }
}
