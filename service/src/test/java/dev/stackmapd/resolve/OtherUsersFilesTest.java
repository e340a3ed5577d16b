package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.process.MapsParser;
import dev.stackmapd.stack.Frame;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What a sender who may name any pid, path and inode learns through a service that may read everything: no
/// more than any user of the host, but for files that the process of that pid has mapped. Needs root, which may
/// read everything.
@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OtherUsersFilesTest {
    private static final byte[] ELF = ElfBuilder.elf64()
            .noteSegment(0x200, RawNote.buildIdOf(20))
            .length(0x1000)
            .build();
    private static final Frame AT_START = new Frame.InFile(BuildId.of(RawNote.countingBytes(20)), new FileOffset(0));
    private static final FileAccess PROC = new FileAccess.Proc(List.of());
    private static final FileAccess PROC_OR_ROOT = new FileAccess.Proc(List.of(Path.of("/")));
    private static final int OWN = (int) ProcessHandle.current().pid();
    private static final String UNREADABLE = "UNREADABLE";
    private static final String STALE = "STALE_FILE";

    @TempDir
    private Path folder;

    private Path open;
    private Path closed;
    private final List<Process> children = new ArrayList<>();

    @BeforeEach
    void folders() throws IOException {
        assumeTrue(
                Files.readString(Path.of("/proc/self/status")).contains("\nUid:\t0\t0\t"),
                "needs root, which may read what others may not");
        permit(folder, "rwxr-xr-x");
        open = permit(Files.createDirectory(folder.resolve("open")), "rwx--x--x");
        closed = permit(Files.createDirectory(folder.resolve("closed")), "rwx------");
    }

    @AfterEach
    void stopChildren() throws InterruptedException {
        for (Process child : children) {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void whatAnyUserMayReadIsRead() throws IOException {
        Path file = elf(open.resolve("a.so"), "rw-r--r--");

        assertThat(answers(file.toString(), file)).containsOnly(AT_START.toString());
        assertThat(answers(file.toString(), folder)).as("of another inode").containsOnly(STALE);
        assertThat(answers(open.resolve("absent") + "", file)).containsOnly(UNREADABLE);
    }

    @Test
    void whatOthersMayNotReadIsAsIfItWereNotThere() throws IOException {
        Path file = elf(open.resolve("secret.so"), "rw-rw----");
        Path inside = elf(closed.resolve("a.so"), "rw-r--r--");
        Path inner = Files.createDirectories(closed.resolve("a/b"));
        Path deep = elf(inner.resolve("a.so"), "rw-r--r--");
        Path link = Files.createSymbolicLink(closed.resolve("link"), file);
        Path unlisted = permit(Files.createDirectory(open.resolve("unlisted")), "rwx--x--x");

        for (Path secret : List.of(file, inside, deep, link, closed, inner, unlisted)) {
            assertThat(answers(secret.toString(), secret)).as(secret + "").containsOnly(UNREADABLE);
            assertThat(answers(secret.toString(), folder)).as(secret + "").containsOnly(UNREADABLE);
            assertThat(answers(secret.resolve("x").toString(), folder)).containsOnly(UNREADABLE);
        }
        assertThat(answers(closed.resolve("absent").toString(), folder)).containsOnly(UNREADABLE);
        assertThat(answers(closed + "/../open/../closed/a.so", inside)).containsOnly(UNREADABLE);
    }

    /// Their names tell which processes there are, where `/proc` is mounted so that others do not see them.
    @Test
    void filesThatTheKernelMakesUpAreAsIfTheyWereNotThere() throws IOException {
        assertThat(answers("/proc/self", folder)).containsOnly(UNREADABLE);
        assertThat(answers("/proc/1/stat", folder)).containsOnly(UNREADABLE);
        assertThat(answers("/proc/1/stat", Path.of("/proc/1/stat"))).containsOnly(UNREADABLE);
        assertThat(answers("/sys/kernel", folder)).containsOnly(UNREADABLE);
    }

    /// The operator has said that they may be read.
    @Test
    void belowDirectoriesOfTheOperatorEveryFileIsRead() throws IOException {
        Path file = elf(closed.resolve("a.so"), "rw-------");
        MapsText maps = new MapsText().file(file, "/closed/a.so".getBytes(UTF_8));

        assertThat(Resolving.of(maps.parse(), Resolving.roots(folder), 0).frameIn(0))
                .isEqualTo(AT_START);
    }

    @Test
    void whatAProcessHasMappedIsReadForItsSenderAtAnyAddress() throws IOException {
        Path file = elf(closed.resolve("a.so"), "rw-------");
        try (Arena arena = Arena.ofConfined()) {
            long start = map(file, arena);

            assertThat(frame(file.toString(), MapsText.inodeOf(file), OWN, start))
                    .isEqualTo(AT_START);
            assertThat(frame(file.toString(), MapsText.inodeOf(file), OWN, 0x1000))
                    .isEqualTo(AT_START);
            assertThat(frame(file.toString(), MapsText.inodeOf(file), 0, start))
                    .as("without the pid")
                    .isEqualTo(raw(start));
            assertThat(frame(file.toString(), MapsText.inodeOf(file), 1, start))
                    .as("with another pid")
                    .isEqualTo(raw(start));
        }
        assertThat(answers(file.toString(), file)).as("no longer mapped").containsOnly(UNREADABLE);
    }

    /// Otherwise addresses could be guessed: the right one would have another answer than a wrong one.
    @Test
    void theAddressesOfAProcessChangeNoAnswer() throws IOException {
        Path file = elf(closed.resolve("a.so"), "rw-------");
        Path other = elf(open.resolve("b.so"), "rw-r--r--");
        Path absent = closed.resolve("absent");
        try (Arena arena = Arena.ofConfined()) {
            long start = map(file, arena);
            for (long address : new long[] {start, start + 0x1000_0000}) {
                assertThat(frame(file.toString(), 1, OWN, address)).as("inode").isEqualTo(raw(address));
                assertThat(frame(absent.toString(), MapsText.inodeOf(file), OWN, address))
                        .as("name")
                        .isEqualTo(raw(address));
                assertThat(frame(other.toString(), MapsText.inodeOf(other), OWN, address))
                        .as("a file that any user may read")
                        .isEqualTo(AT_START);
            }
        }
    }

    @Test
    void aMappedFileThatWasDeletedIsReadAtAnyAddress() throws IOException {
        Path file = elf(closed.resolve("a.so"), "rw-------");
        long inode = MapsText.inodeOf(file);
        try (Arena arena = Arena.ofConfined()) {
            long start = map(file, arena);
            Files.delete(file);
            for (String name : List.of(file.toString(), file + " (deleted)")) {
                assertThat(frame(name, inode, OWN, start)).isEqualTo(AT_START);
                assertThat(frame(name, inode, OWN, 0x1000)).isEqualTo(AT_START);
            }
        }
    }

    /// Without the right to follow the links, a file is looked for by its path.
    @Test
    void aMappedFileThatWasReplacedIsReadThroughItsLink() throws IOException {
        Path file = elf(closed.resolve("a.so"), "rw-------");
        long inode = MapsText.inodeOf(file);
        try (Arena arena = Arena.ofConfined()) {
            long start = map(file, arena);
            Path newer = elf(closed.resolve("newer.so"), "rw-------");
            Files.move(newer, file, StandardCopyOption.REPLACE_EXISTING);

            assertThat(frame(file.toString(), inode, OWN, start)).isEqualTo(AT_START);
            assertThat(frame(file.toString(), inode, OWN, 0x1000)).isEqualTo(AT_START);
            assertThat(answers(file.toString(), file)).as("not mapped").containsOnly(UNREADABLE);
        }
    }

    /// No other user comes through the link to another process's root.
    @Test
    void belowTheRootOfAnotherNamespaceOnlyMappedFilesAreRead() throws IOException {
        Path mount = Files.createDirectory(open.resolve("mnt"));
        String script =
                "mount -t tmpfs none \"$0\" && cp \"$1\" \"$0/run\" && cp \"$1\" \"$0/idle\" && exec \"$0/run\" 60";
        Process child = new ProcessBuilder("unshare", "-m", "sh", "-c", script, mount.toString(), "/bin/sleep").start();
        children.add(child);
        await().until(() -> Files.readString(Path.of("/proc/" + child.pid() + "/maps"), ISO_8859_1)
                .contains(mount + "/run\n"));
        int pid = (int) child.pid();
        Path run = Path.of("/proc/" + pid + "/root" + mount + "/run");
        Path idle = run.resolveSibling("idle");

        assertThat(frame(mount + "/run", MapsText.inodeOf(run), pid, 0x1000)).isInstanceOf(Frame.InFile.class);
        assertThat(frame(mount + "/idle", MapsText.inodeOf(idle), pid, 0x1000)).isEqualTo(raw(0x1000));
        assertThat(frame(mount + "/idle", 1, pid, 0x1000)).isEqualTo(raw(0x1000));
    }

    @Test
    void whatThisServiceHasReadOfTheMappingsVouchesForItself() throws IOException {
        Path file = elf(closed.resolve("a.so"), "rw-------");
        MapsText maps = new MapsText().file(file, file.toString().getBytes(UTF_8));
        ProcessFiles files =
                Resolving.host(PROC, Resolving.cache()).batch().of(OWN, ProcessFiles.MappingsOrigin.READ_HERE);

        assertThat(Resolving.of(maps.parse(), List.of(), files, BuildIdProfile.LENIENT)
                        .frameIn(0))
                .isEqualTo(AT_START);
    }

    /// What is said of a path, with the device and inode of a file, by each way to ask without having it
    /// mapped.
    private static List<String> answers(String name, Path file) throws IOException {
        MapsText maps = new MapsText().file(file, name.getBytes(UTF_8));
        List<String> answers = new ArrayList<>();
        answers.add(said(Resolving.of(maps.parse(), PROC, OWN)));
        for (int pid : new int[] {OWN, 1, 0}) {
            answers.add(said(Resolving.of(maps.parse(), PROC_OR_ROOT, pid)));
        }
        return answers;
    }

    private static String said(Resolving process) {
        Frame frame = process.frameIn(0);
        return frame instanceof Frame.Raw raw ? raw.reason().toString() : frame.toString();
    }

    /// The frame at the beginning of a page that a sender says is mapped.
    private Frame frame(String name, long inode, int pid, long start) throws IOException {
        String device = MapsText.deviceOf(closed).toString();
        String maps = "%08x-%08x r--p 00000000 %s %d %s\n".formatted(start, start + 0x1000, device, inode, name);
        return Resolving.of(MapsParser.parse(maps.getBytes(UTF_8)).vmas(), PROC, pid)
                .translate(start)
                .getFirst();
    }

    private static Frame raw(long ip) {
        return new Frame.Raw(ip, Frame.Reason.UNREADABLE);
    }

    private static Path elf(Path file, String permissions) throws IOException {
        return permit(Files.write(file, ELF), permissions);
    }

    private static Path permit(Path file, String permissions) throws IOException {
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static long map(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena).address();
        }
    }
}
