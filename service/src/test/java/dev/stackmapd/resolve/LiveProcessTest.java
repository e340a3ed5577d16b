package dev.stackmapd.resolve;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.process.Device;
import dev.stackmapd.process.MapsParser;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.linux.FileCalls;
import dev.stackmapd.stack.Frame;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Mappings of live processes, this one included, and what can be read of them with and without privileges.
///
/// Most need root, for namespaces, other users and the links in `/proc/<pid>/map_files`; elsewhere they are skipped.
@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LiveProcessTest {
    private static final int NOBODY = 65534;
    private static final FileAccess PROC = new FileAccess.Proc(List.of());
    private static final BuildId OLD_ID = BuildId.of(RawNote.countingBytes(20));

    @TempDir
    private Path folder;

    private final List<Process> children = new ArrayList<>();

    /// Has every class loaded: threads that run as another user cannot read them.
    @BeforeAll
    static void loadClasses() throws Exception {
        for (Class<?> some :
                List.of(FileSearch.class, MapsParser.class, Frame.class, BuildId.class, ParseLimits.class)) {
            Path classes = Path.of(some.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .resolve(some.getPackageName().replace('.', '/'));
            if (Files.isDirectory(classes)) { // a jar is open already
                for (String file : requireNonNull(classes.toFile().list())) {
                    if (file.endsWith(".class")) {
                        Class.forName(some.getPackageName() + "." + file.replace(".class", ""));
                    }
                }
            }
        }
    }

    @AfterEach
    void stopChildren() throws InterruptedException {
        for (Process child : children) {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void aLibraryOfThisProcess() throws IOException {
        Path file = Files.write(folder.resolve("lib.so"), elf(20));
        try (Arena arena = Arena.ofConfined()) {
            long start = map(file, arena).address();

            assertThat(ownProcess(PROC).translate(start, start + 0x10))
                    .containsExactly(inFile(OLD_ID, 0), inFile(OLD_ID, 0x10));
            assertThat(ownProcess(Resolving.roots(Path.of("/"))).translate(start))
                    .containsExactly(inFile(OLD_ID, 0));
        }
    }

    @Test
    void aDeletedFileIsFoundThroughMapFilesOnly() throws IOException {
        assumeRoot();
        Path file = Files.write(folder.resolve("lib.so"), elf(20));
        try (Arena arena = Arena.ofConfined()) {
            long start = map(file, arena).address();
            Files.delete(file);

            assertThat(ownProcess(PROC).translate(start)).containsExactly(inFile(OLD_ID, 0));
            assertThat(ownProcess(Resolving.roots(Path.of("/"))).translate(start))
                    .containsExactly(new Frame.Raw(start, Frame.Reason.UNREADABLE));
        }
    }

    @Test
    void aReplacedFileIsStaleByPathAndRightThroughMapFiles() throws IOException {
        assumeRoot();
        Path file = Files.write(folder.resolve("lib.so"), elf(20));
        try (Arena arena = Arena.ofConfined()) {
            long start = map(file, arena).address();
            Resolving before = ownProcess(Resolving.roots(Path.of("/")));
            Path newer = Files.write(folder.resolve("newer.so"), elf(8));
            Files.move(newer, file, StandardCopyOption.REPLACE_EXISTING);

            // These maps were read before the replacement, so their path now names the other file.
            assertThat(before.translate(start)).containsExactly(new Frame.Raw(start, Frame.Reason.STALE_FILE));
            assertThat(ownProcess(PROC).translate(start)).containsExactly(inFile(OLD_ID, 0));
        }
    }

    /// A device that neither `stat` nor the kernel's maps have for the file; [FileSystemsTest] has those that
    /// differ.
    @Test
    void anotherDeviceIsAcceptedThroughMapFilesOnly() throws IOException {
        assumeRoot();
        Path file = Files.write(folder.resolve("lib.so"), elf(20));
        try (Arena arena = Arena.ofConfined()) {
            long start = map(file, arena).address();
            String maps = Files.readString(Path.of("/proc/self/maps"), ISO_8859_1)
                    .replaceAll("(?m)^(.* )[0-9a-f:]+( \\d+ +" + file + ")$", "$1" + "7f:ff" + "$2");
            VmaIndex vmas = MapsParser.parse(maps.getBytes(ISO_8859_1)).vmas();
            assertThat(vmas.device(vmas.find(start))).isEqualTo(new Device(0x7f, 0xff));

            assertThat(Resolving.of(vmas, PROC, (int) ProcessHandle.current().pid())
                            .translate(start))
                    .as("PMX-04")
                    .containsExactly(inFile(OLD_ID, 0));
            assertThat(Resolving.of(vmas, Resolving.roots(Path.of("/")), 0).translate(start))
                    .as("PMX-04")
                    .containsExactly(new Frame.Raw(start, Frame.Reason.STALE_FILE));
        }
    }

    @Test
    void anElfImageInAMemoryFileHasAnId() throws IOException {
        assumeRoot();
        long descriptor = systemCall(
                System.getProperty("os.arch").equals("aarch64") ? 279 : 319,
                Arena.global().allocateFrom("elf").address(),
                0,
                0);
        Path file = Path.of("/proc/self/fd/" + descriptor);
        Files.write(file, elf(20));
        try (Arena arena = Arena.ofConfined();
                FileCalls calls = new FileCalls()) {
            long start = map(file, arena).address();
            calls.release((int) descriptor);

            assertThat(ownProcess(PROC).translate(start)).containsExactly(inFile(OLD_ID, 0));
        }
    }

    @Test
    void aFileInAnotherMountNamespace() throws IOException {
        assumeRoot();
        String script = "mount -t tmpfs none \"$0\" && cp \"$1\" \"$0/hidden\" && exec \"$0/hidden\" 600";
        Process child = start("unshare", "-m", "sh", "-c", script, folder.toString(), "/bin/sleep");
        Resolving other = awaitExecutable(child, "hidden");
        int line = lineOf(other.vmas(), "hidden");
        long ip = other.vmas().start(line);

        assertThat(folder.resolve("hidden")).doesNotExist();
        assertThat(other.translate(ip)).containsExactly(sleepFrame(other.vmas().fileOffset(line)));
        assertThat(Resolving.of(other.vmas(), Resolving.roots(Path.of("/proc/" + child.pid() + "/root")), 0)
                        .translate(ip))
                .as("below its root")
                .containsExactly(sleepFrame(other.vmas().fileOffset(line)));
        assertThat(Resolving.of(other.vmas(), Resolving.roots(Path.of("/")), 0).translate(ip))
                .as("below ours")
                .containsExactly(new Frame.Raw(ip, Frame.Reason.UNREADABLE));
    }

    @Test
    void aProcessOfAnotherUserIsRefusedWithTheReason() throws Exception {
        assumeRoot();
        Process child = start("/bin/sleep", "600");
        Resolving other = awaitExecutable(child, "sleep");
        int line = lineOf(other.vmas(), "sleep");

        Resolution refused = as(NOBODY, () -> other.resolution(line));

        assertThat(refused).isInstanceOfSatisfying(Resolution.Missing.class, missing -> {
            assertThat(missing.reason()).isEqualTo(Frame.Reason.UNREADABLE);
            assertThat(missing.detail()).contains("need the same uid or SYS_PTRACE");
        });
    }

    @Test
    void aProcessOfTheSameUserIsReadBelowItsRoot() throws Exception {
        assumeRoot();
        Process child = start("setpriv", "--reuid=" + NOBODY, "--clear-groups", "/bin/sleep", "600");
        Resolving other = awaitExecutable(child, "sleep");
        int line = lineOf(other.vmas(), "sleep");

        assertThat(as(NOBODY, () -> other.translate(other.vmas().start(line))))
                .as("without CHECKPOINT_RESTORE there is no way through map_files")
                .containsExactly(sleepFrame(other.vmas().fileOffset(line)));
    }

    @Test
    void anUnreadableFileSaysSo() throws Exception {
        assumeRoot();
        Path file = Files.write(folder.resolve("secret.so"), elf(20));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        MapsText maps = new MapsText().file(file, "/secret.so".getBytes(UTF_8));
        Resolving process = Resolving.of(maps.parse(), Resolving.roots(folder), 0);

        assertThat(as(NOBODY, () -> process.resolution(0)))
                .isEqualTo(new Resolution.Missing(Frame.Reason.UNREADABLE, "this service may not reach it (EACCES)"));
    }

    @Test
    void aProcessThatHasGoneIsNoError() throws Exception {
        Process child = start("/bin/sleep", "600");
        Resolving other = awaitExecutable(child, "sleep");
        child.destroyForcibly().waitFor();

        assertThat(other.resolution(lineOf(other.vmas(), "sleep")))
                .isInstanceOfSatisfying(Resolution.Missing.class, missing -> {
                    assertThat(missing.reason()).isEqualTo(Frame.Reason.UNREADABLE);
                    assertThat(missing.detail()).contains("no such process here");
                });
    }

    @Test
    void specialAndAnonymousMappingsOfThisProcess() throws IOException {
        Resolving own = ownProcess(PROC);

        assertThat(own.translate(own.vmas().start(lineOf(own.vmas(), "[vdso]"))))
                .extracting(frame -> ((Frame.Raw) frame).reason())
                .containsExactly(Frame.Reason.SPECIAL);
        assertThat(own.translate(own.vmas().start(lineOf(own.vmas(), "[heap]"))))
                .extracting(frame -> ((Frame.Raw) frame).reason())
                .containsExactly(Frame.Reason.ANONYMOUS);
    }

    /// Without native access for Java, or on another system, every file is UNREADABLE and nothing breaks.
    @Test
    void withoutSystemCallsFilesAreUnreadable() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--illegal-native-access=deny",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WithoutSystemCalls.class.getName(),
                        Fixtures.path("binaries/build-id-20").toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), UTF_8);

        assertThat(child.waitFor()).as(output).isZero();
        assertThat(output).contains("UNREADABLE", "ENOSYS");
    }

    /// Prints what comes of reading the file that its argument names.
    static final class WithoutSystemCalls {
        private WithoutSystemCalls() {}

        public static void main(String[] args) throws IOException {
            MapsText maps = new MapsText().file(Path.of(args[0]), args[0].getBytes(UTF_8));
            System.out.println(Resolving.of(maps.parse(), new FileAccess.Proc(List.of(Path.of("/"))), 1)
                    .resolution(0));
        }
    }

    private Process start(String... command) throws IOException {
        Process child = new ProcessBuilder(command).start();
        children.add(child);
        return child;
    }

    /// Waits until the child has become the program, whose last path element is given.
    private static Resolving awaitExecutable(Process child, String program) throws IOException {
        await().until(() -> Files.readString(Path.of("/proc/" + child.pid() + "/maps"))
                .lines()
                .anyMatch(line -> line.endsWith("/" + program)));
        return Resolving.of(maps(child.pid()), PROC, (int) child.pid());
    }

    private static Frame sleepFrame(long offset) throws IOException {
        return inFile(BuildId.parse(readelf("/bin/sleep")).orElseThrow(), offset);
    }

    private static String readelf(String file) throws IOException {
        Process readelf = new ProcessBuilder("readelf", "-n", file).start();
        String notes = new String(readelf.getInputStream().readAllBytes(), UTF_8);
        return notes.replaceAll("(?s).*Build ID: ([0-9a-f]+).*", "$1");
    }

    private static Resolving ownProcess(FileAccess access) throws IOException {
        long pid = ProcessHandle.current().pid();
        return Resolving.of(maps(pid), access, (int) pid);
    }

    private static VmaIndex maps(long pid) throws IOException {
        return MapsParser.parse(Files.readAllBytes(Path.of("/proc/" + pid + "/maps")))
                .vmas();
    }

    private static int lineOf(VmaIndex vmas, String end) {
        for (int i = 0; i < vmas.size(); i++) {
            if (vmas.get(i).name().endsWith(end)) {
                return i;
            }
        }
        throw new AssertionError("no mapping of " + end);
    }

    private static byte[] elf(int idBytes) {
        return ElfBuilder.elf64()
                .noteSegment(0x200, RawNote.buildIdOf(idBytes))
                .length(0x1000)
                .build();
    }

    private static Frame inFile(BuildId id, long offset) {
        return new Frame.InFile(id, new FileOffset(offset));
    }

    private static MemorySegment map(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    private static void assumeRoot() throws IOException {
        assumeTrue(
                Files.readString(Path.of("/proc/self/status")).contains("\nUid:\t0\t0\t"),
                "needs root, with SYS_ADMIN and SETUID");
    }

    /// Runs something on a thread of its own whose effective user is another. The bare system call changes one thread,
    /// where the C library's function would change all.
    private static <T> T as(int uid, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            long answer = setEffectiveUser(uid);
            assertThat(answer).isZero();
            return work.call();
        });
        Thread thread = Thread.ofPlatform().start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            thread.join();
        }
    }

    private static long setEffectiveUser(int uid) {
        return systemCall(System.getProperty("os.arch").equals("aarch64") ? 147 : 117, -1, uid, -1);
    }

    private static long systemCall(long number, long first, long second, long third) {
        Linker linker = Linker.nativeLinker();
        MethodHandle syscall = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        try {
            return (long) syscall.invokeExact(number, first, second, third);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
