package dev.stackmapd.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stackmapd.Tools;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.process.Device;
import dev.stackmapd.process.MapsParser;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.linux.ProcmapQuery;
import dev.stackmapd.stack.Frame;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// File systems for which `stat` and the maps text disagree, mounted for a child process in a mount namespace of its
/// own, which ends with it. The kernel's answers are the expectation ([ProcmapQuery]).
///
/// Needs root, and for btrfs a kernel that has it, loop devices and `mkfs.btrfs`; elsewhere the tests are skipped.
@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileSystemsTest {
    private static final List<String> FIXTURES = List.of("build-id-8", "build-id-16", "build-id-20");
    /// What `unshare` and `mount` say where root may not do everything, or the kernel lacks something.
    private static final Pattern NOT_POSSIBLE_HERE = Pattern.compile(
            "Operation not permitted|[Pp]ermission denied|failed to setup loop device|unknown filesystem type");

    private static final FileAccess PROC = new FileAccess.Proc(List.of());

    @TempDir
    private Path folder;

    private final List<Process> children = new ArrayList<>();

    @BeforeEach
    void needsRoot() throws IOException {
        assumeTrue(
                Files.readString(Path.of("/proc/self/status")).contains("\nUid:\t0\t0\t"),
                "needs root, to mount file systems");
        Files.createDirectory(folder.resolve("mnt"));
        for (String fixture : FIXTURES) {
            Files.copy(Fixtures.path("binaries/" + fixture), folder.resolve(fixture));
        }
    }

    @AfterEach
    void stopChildren() throws InterruptedException {
        for (Process child : children) {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void filesOfThreeSubvolumesHaveOneInodeAndThreeBuildIds() throws IOException {
        Mapping btrfs = onBtrfs();

        assertThat(btrfs.inodes()).as("as the kernel shows them").hasSize(1);
        assertThat(btrfs.devices()).as("as the kernel shows them").hasSize(1);
        List<Resolution> expected = btrfs.kernelIds();
        assertThat(new HashSet<>(expected)).hasSize(3);
        assertThat(btrfs.resolutions(PROC)).as("through /proc/<pid>/map_files").isEqualTo(expected);
        assertThat(btrfs.resolutions(btrfs.belowRoot())).as("by path").isEqualTo(expected);
    }

    /// The device that the maps text shows is none that `stat` reports for any file of a subvolume.
    @Test
    void aReplacedFileOnBtrfsIsStale() throws IOException {
        Mapping btrfs = onBtrfs();
        Path first = btrfs.path(0);
        assertThat(MapsText.deviceOf(first)).as("PMX-04").isNotIn(btrfs.devices());

        Path newer = Files.copy(btrfs.path(1), first.resolveSibling("newer"));
        Files.move(newer, first, StandardCopyOption.REPLACE_EXISTING);

        assertThat(reasons(btrfs.resolutions(btrfs.belowRoot())).getFirst())
                .as("another inode at this path, DEV-18")
                .isEqualTo(Frame.Reason.STALE_FILE);
        assertThat(btrfs.resolutions(btrfs.belowRoot()).subList(1, 3))
                .as("the others")
                .isEqualTo(btrfs.kernelIds().subList(1, 3));
    }

    @Test
    void theSameInodeAtThisPathOnAnotherBtrfsIsStale() throws IOException {
        Mapping btrfs = onBtrfs();
        String mount = """
                truncate -s 128M other.img && mkfs.btrfs -q other.img && mount -o loop other.img mnt/a &&
                cp build-id-20 mnt/a/lib.so
                """;
        Tools.Run run = Tools.run(
                Map.of(),
                List.of(
                        "nsenter",
                        "-m",
                        "-t",
                        Long.toString(btrfs.pid()),
                        "sh",
                        "-c",
                        "cd \"$0\" && " + mount,
                        folder.toString()));
        assertThat(run.code()).as(run.out()).isZero();
        assertThat(btrfs.inodes()).containsExactly(MapsText.inodeOf(btrfs.path(0)));

        assertThat(reasons(btrfs.resolutions(btrfs.belowRoot())).getFirst())
                .as("DEV-18")
                .isEqualTo(Frame.Reason.STALE_FILE);
        assertThat(btrfs.resolutions(PROC)).as("through map_files").isEqualTo(btrfs.kernelIds());
    }

    /// An overlay of several file systems: `stat` reports a device for each of them.
    @Test
    void filesOfAnOverlayAreFoundByPath() throws IOException {
        Mapping overlay = onOverlay();
        assertThat(MapsText.deviceOf(overlay.path(0))).as("PMX-04").isNotIn(overlay.devices());

        assertThat(overlay.resolutions(overlay.belowRoot())).isEqualTo(overlay.kernelIds());
        assertThat(overlay.resolutions(PROC)).isEqualTo(overlay.kernelIds());
    }

    @Test
    void aReplacedFileOnAnOverlayIsStale() throws IOException {
        Mapping overlay = onOverlay();
        Path first = overlay.path(0);
        Path newer = Files.copy(overlay.path(1), first.resolveSibling("newer"));
        Files.move(newer, first, StandardCopyOption.REPLACE_EXISTING);

        assertThat(reasons(overlay.resolutions(overlay.belowRoot())).getFirst())
                .as("DEV-18")
                .isEqualTo(Frame.Reason.STALE_FILE);
        assertThat(overlay.resolutions(PROC)).as("through map_files").isEqualTo(overlay.kernelIds());
    }

    private Mapping onBtrfs() throws IOException {
        assumeTrue(Files.readString(Path.of("/proc/filesystems")).contains("\tbtrfs\n"), "needs a kernel with btrfs");
        assumeTrue(Files.exists(Path.of("/dev/loop-control")), "needs loop devices");
        Tools.path("mkfs.btrfs", "btrfs-progs");
        return map("""
                truncate -s 128M fs.img && mkfs.btrfs -q fs.img && mount -o loop fs.img mnt
                for s in a b c; do btrfs -q subvolume create mnt/$s; done
                cp build-id-8 mnt/a/lib.so; cp build-id-16 mnt/b/lib.so; cp build-id-20 mnt/c/lib.so
                """);
    }

    private Mapping onOverlay() throws IOException {
        assumeTrue(
                Files.readString(Path.of("/proc/filesystems")).contains("\toverlay\n"), "needs a kernel with overlay");
        return map("""
                mkdir low1 low2 up
                mount -t tmpfs none low1; mount -t tmpfs none low2; mount -t tmpfs none up; mkdir up/up up/work
                mkdir low1/a low1/b low2/c
                cp build-id-8 low1/a/lib.so; cp build-id-16 low1/b/lib.so; cp build-id-20 low2/c/lib.so
                mount -t overlay -o lowerdir=low1:low2,upperdir=up/up,workdir=up/work none mnt
                """);
    }

    /// Starts a process that maps `lib.so` of three folders, once a script has made them.
    private Mapping map(String script) throws IOException {
        Process child = new ProcessBuilder(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        "set -e; cd \"$0\"\n%sexec \"$@\"".formatted(script),
                        folder.toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Mapper.class.getName(),
                        folder.resolve("mnt/a/lib.so").toString(),
                        folder.resolve("mnt/b/lib.so").toString(),
                        folder.resolve("mnt/c/lib.so").toString())
                .redirectErrorStream(true)
                .start();
        children.add(child);
        StringBuilder said = new StringBuilder();
        for (int next = child.getInputStream().read();
                next >= 0;
                next = child.getInputStream().read()) {
            said.append((char) next);
            if (said.toString().endsWith(Mapper.READY)) {
                return new Mapping(child.pid(), folder.resolve("mnt"));
            }
        }
        if (NOT_POSSIBLE_HERE.matcher(said).find()) {
            return abort("this machine mounts no such file system: " + said);
        }
        throw new AssertionError(said);
    }

    /// Maps the files that its arguments name, and waits.
    static final class Mapper {
        static final String READY = "all are mapped";

        private Mapper() {}

        public static void main(String[] args) throws IOException {
            List<Byte> touched = new ArrayList<>();
            for (String file : args) {
                try (FileChannel channel = FileChannel.open(Path.of(file))) {
                    touched.add(channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.global())
                            .get(ValueLayout.JAVA_BYTE, 0));
                }
            }
            System.out.print(READY);
            System.out.flush();
            System.exit(System.in.read() + touched.size());
        }
    }

    /// The mappings of a child.
    ///
    /// @param vmas as they were when its files were mapped
    /// @param lines in `vmas`, of the three files
    private record Mapping(long pid, Path mount, VmaIndex vmas, List<Integer> lines) {
        Mapping(long pid, Path mount) throws IOException {
            this(
                    pid,
                    mount,
                    MapsParser.parse(Files.readAllBytes(Path.of("/proc/" + pid + "/maps")))
                            .vmas());
        }

        private Mapping(long pid, Path mount, VmaIndex vmas) {
            this(pid, mount, vmas, List.of(line(vmas, mount, "a"), line(vmas, mount, "b"), line(vmas, mount, "c")));
        }

        private static int line(VmaIndex vmas, Path mount, String folder) {
            return IntStream.range(0, vmas.size())
                    .filter(i -> vmas.get(i).name().equals("%s/%s/lib.so".formatted(mount, folder)))
                    .findFirst()
                    .orElseThrow();
        }

        Set<Device> devices() {
            Set<Device> devices = new HashSet<>();
            lines.forEach(line -> devices.add(vmas.device(line)));
            return devices;
        }

        Set<Long> inodes() {
            Set<Long> inodes = new HashSet<>();
            lines.forEach(line -> inodes.add(vmas.inode(line)));
            return inodes;
        }

        /// A file as it is there now, reached from here.
        Path path(int file) {
            return Path.of("/proc/" + pid + "/root" + vmas.get(lines.get(file)).name());
        }

        FileAccess belowRoot() {
            return Resolving.roots(Path.of("/proc/" + pid + "/root"));
        }

        /// Without where the code of each file lies, of which the kernel says nothing.
        List<Resolution> resolutions(FileAccess access) {
            Resolving process = Resolving.of(vmas, access, access.equals(PROC) ? (int) pid : 0);
            return lines.stream()
                    .map(process::resolution)
                    .map(resolution -> resolution instanceof Resolution.Found found
                            ? new Resolution.Found(found.buildId())
                            : resolution)
                    .toList();
        }

        List<Resolution> kernelIds() {
            return lines.stream().map(this::kernelId).toList();
        }

        private Resolution kernelId(int line) {
            ProcmapQuery kernel = ProcmapQuery.of(pid, vmas.start(line)).orElse(null);
            assumeTrue(kernel != null, "needs Linux 6.11");
            assertThat(kernel.device()).isEqualTo(vmas.device(line));
            assertThat(kernel.inode()).isEqualTo(vmas.inode(line));
            return new Resolution.Found(kernel.buildId().orElseThrow());
        }
    }

    private static List<Frame.Reason> reasons(List<Resolution> resolutions) {
        return resolutions.stream()
                .filter(Resolution.Missing.class::isInstance)
                .map(missing -> ((Resolution.Missing) missing).reason())
                .toList();
    }
}
