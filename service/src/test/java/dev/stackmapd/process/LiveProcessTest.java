package dev.stackmapd.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against processes that really run; what a kernel cannot be made to do on demand comes from a made-up proc folder.
class LiveProcessTest {
    private static final Path PROC = Path.of("/proc");
    private static final int MEGABYTE = 1 << 20;
    private static final String MAPS =
            "55828ef69000-55828ef6a000 r-xp 00001000 fe:00 1916965                    /srv/app/target\n";

    @TempDir
    private Path directory;

    private final List<Process> children = new ArrayList<>();

    @BeforeEach
    void needsLinux() {
        assumeTrue(Files.isReadable(PROC.resolve("self/stat")), "no /proc/<pid> here, so no live process to read");
    }

    @AfterEach
    void killChildren() throws InterruptedException {
        for (Process child : children) {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void readsThisVeryProcess() throws IOException {
        int self = (int) ProcessHandle.current().pid();
        LiveMapsResult.Read read = readable(self);
        assertThat(read.maps().warnings()).isEmpty();
        assertThat(names(read)).anyMatch(name -> name.endsWith("/libjvm.so"));
        String stat = Files.readString(PROC.resolve("self/stat"), ISO_8859_1);
        assertThat(read.startTime())
                .isEqualTo(Long.parseLong(stat.replaceFirst("\\(.*\\)", "name").split(" ", -1)[21]));
    }

    @Test
    void readsAnotherProcessUntilItEnds() throws Exception {
        Process sleep = start("sleep", "600");
        int pid = (int) sleep.pid();
        await().until(() -> names(readable(pid)).stream().anyMatch(name -> name.endsWith("/sleep")));
        sleep.destroyForcibly().waitFor();
        assertThat(live(pid).readMaps()).isEqualTo(new LiveMapsResult.Gone("there is no process " + pid));
    }

    @Test
    void theNameOfAProcessMayHoldBlanksAndParentheses() throws Exception {
        Path oddlyNamed = directory.resolve("a) S 1 (b");
        Files.copy(Path.of("/bin/sleep").toRealPath(), oddlyNamed);
        assertThat(oddlyNamed.toFile().setExecutable(true)).isTrue();
        int odd = (int) start(oddlyNamed.toString(), "600").pid();
        await().until(() -> names(readable(odd)).contains(oddlyNamed.toString()));
        assertThat(readable(odd).startTime())
                .isGreaterThanOrEqualTo(
                        readable((int) ProcessHandle.current().pid()).startTime());
    }

    @Test
    void aProcessThatEndedAndWasNotWaitedForIsGone() throws Exception {
        Process parent = start("sh", "-c", "sleep 600 & echo $!; exec sleep 600");
        BufferedReader output = parent.inputReader();
        int zombie = Integer.parseInt(output.readLine());
        awaitStat((int) parent.pid(), "(sleep)");
        ProcessHandle.of(zombie).orElseThrow().destroyForcibly();
        awaitStat(zombie, ") Z ");
        assertThat(live(zombie).readMaps())
                .isEqualTo(new LiveMapsResult.Gone("process %d has ended".formatted(zombie)));
    }

    @Test
    void aProcessMayEndAtAnyMomentOfTheReading() throws Exception {
        for (int i = 0; i < 50; i++) {
            Process shortLived = start("true");
            LiveProcess live = live((int) shortLived.pid());
            LiveMapsResult outcome = live.readMaps();
            while (outcome instanceof LiveMapsResult.Read) {
                outcome = live.readMaps();
            }
            assertThat(outcome).isInstanceOf(LiveMapsResult.Gone.class);
        }
    }

    @Test
    void aKernelThreadHasNoMaps() throws IOException {
        Path stat = PROC.resolve("2/stat");
        assumeTrue(
                Files.isReadable(stat) && Files.readString(stat).contains("(kthreadd)"),
                "pid 2 is not the kernel's here (a container with its own pids)");
        assertThat(live(2).readMaps()).isEqualTo(new LiveMapsResult.KernelThread());
    }

    @Test
    void aProcessOfAnotherUserNeedsTheSameUidOrPtrace() throws Exception {
        assertThat(readAsNobody("")).contains("NotPermitted").contains("needs the same uid or SYS_PTRACE");
    }

    @Test
    void aProcThatHidesItsProcessesSaysTheSame() throws Exception {
        assertThat(readAsNobody("mount -t proc -o hidepid=1 proc /proc && "))
                .contains("NotPermitted")
                .contains("needs the same uid or SYS_PTRACE");
        assertThat(readAsNobody("mount -t proc -o hidepid=2 proc /proc && "))
                .contains("Gone")
                .contains("there is no process");
    }

    @Test
    void aTextOverTheLimitIsRefused() throws IOException {
        madeUp("stat", stat(7));
        madeUp("maps", MAPS);
        assertThat(new LiveProcess(directory, 4242, MAPS.length() - 1).readMaps())
                .isEqualTo(new LiveMapsResult.TooLarge(MAPS.length() - 1));
        assertThat(new LiveProcess(directory, 4242, MAPS.length()).readMaps())
                .isInstanceOfSatisfying(
                        LiveMapsResult.Read.class,
                        read -> assertThat(read.startTime()).isEqualTo(7));
    }

    @Test
    void aPidThatPassesToAnotherProcessIsNoticed() throws Exception {
        madeUp("stat", stat(7));
        Path maps = directory.resolve("4242/maps");
        assertThat(start("mkfifo", maps.toString()).waitFor()).isZero();
        Thread kernel = Thread.ofPlatform().start(() -> {
            // Opening a pipe to write waits for its reader, who has read the first start time by then.
            try (var pipe = Files.newOutputStream(maps)) {
                madeUp("stat", stat(8));
                pipe.write(MAPS.getBytes(ISO_8859_1));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        LiveMapsResult outcome = new LiveProcess(directory, 4242, MEGABYTE).readMaps();
        kernel.join();
        assertThat(outcome).isEqualTo(new LiveMapsResult.Gone("pid 4242 passed to another process while it was read"));
    }

    @Test
    void aStatThatIsNotOfLinuxIsAnInputError() throws IOException {
        madeUp("maps", MAPS);
        for (String broken : List.of("", "4242", "4242 (a)", "4242 (a) S 1 2 3", stat(7).replace(" 7", " x"))) {
            madeUp("stat", broken);
            LiveProcess process = new LiveProcess(directory, 4242, MEGABYTE);
            assertThatExceptionOfType(IOException.class).as(broken).isThrownBy(process::readMaps);
        }
    }

    @Test
    void argumentsAreChecked() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LiveProcess(PROC, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new LiveProcess(PROC, 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new LiveProcess(PROC, 1, Integer.MAX_VALUE));
    }

    /// A second JVM, which drops root, reads what a process without privileges may learn of this one.
    private String readAsNobody(String preparation) throws Exception {
        assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(PROC.resolve("self"), "unix:uid")),
                "needs root to become another user");
        assumeTrue(start("setpriv", "--version").waitFor() == 0, "needs setpriv to become another user");
        Path classes = Files.createDirectories(directory.resolve("classes/dev/stackmapd/process"));
        copyClasses(classes);
        assertThat(start("chmod", "-R", "a+rX", directory.toString()).waitFor()).isZero();
        String java = ProcessHandle.current().info().command().orElseThrow();
        String command = preparation
                + "exec setpriv --reuid 65534 --regid 65534 --clear-groups '%s' -cp '%s' %s %d"
                        .formatted(
                                java,
                                directory.resolve("classes"),
                                LiveProcessReader.class.getName(),
                                ProcessHandle.current().pid());
        Process reader = start("unshare", "--mount", "sh", "-c", command);
        try (BufferedReader output = reader.inputReader()) {
            String said = String.join("\n", output.readAllLines());
            assumeTrue(reader.waitFor() == 0, "could not run a JVM as another user: " + said);
            return said;
        }
    }

    private static void copyClasses(Path to) throws Exception {
        for (Class<?> from : List.of(LiveProcess.class, LiveProcessReader.class)) {
            Path classes = Path.of(from.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .resolve("dev/stackmapd/process");
            try (var files = Files.newDirectoryStream(classes, "*.class")) {
                for (Path file : files) {
                    Files.copy(file, to.resolve(file.getFileName()), REPLACE_EXISTING);
                }
            }
        }
    }

    private static void awaitStat(int pid, String part) {
        Path stat = PROC.resolve(pid + "/stat");
        await().until(() -> Files.readString(stat).contains(part));
    }

    private static LiveProcess live(int pid) {
        return new LiveProcess(PROC, pid, MEGABYTE);
    }

    private static LiveMapsResult.Read readable(int pid) throws IOException {
        return (LiveMapsResult.Read) live(pid).readMaps();
    }

    private static List<String> names(LiveMapsResult.Read read) {
        VmaIndex vmas = read.maps().vmas();
        return IntStream.range(0, vmas.size()).mapToObj(i -> vmas.get(i).name()).toList();
    }

    private Process start(String... command) throws IOException {
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        children.add(child);
        return child;
    }

    private void madeUp(String file, String content) throws IOException {
        Files.writeString(Files.createDirectories(directory.resolve("4242")).resolve(file), content, ISO_8859_1);
    }

    private static String stat(int startTime) {
        return "4242 (target) S 1 4242 4242 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 " + startTime + " 5000000 300 1\n";
    }
}
