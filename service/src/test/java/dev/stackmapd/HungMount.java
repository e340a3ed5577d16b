package dev.stackmapd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A FUSE file system whose daemon answers nothing once it is mounted: every look-up in it waits until
/// [#close]. It is mounted in a mount namespace of its own, which ends with the daemon.
///
/// The daemon leaves requests unread. The kernel lets a thread that waits for such a request end with its
/// process; one whose request was read it would not.
public record HungMount(Process daemon, Path path) implements AutoCloseable {
    /// Opens `/dev/fuse`, mounts it at the folder that its argument names, answers `FUSE_INIT` (opcode 26) and
    /// waits. `prctl(PR_SET_PDEATHSIG, SIGKILL)` ends it with the tests.
    private static final String DAEMON = """
            import ctypes, os, struct, sys, time
            libc = ctypes.CDLL(None, use_errno=True)
            libc.prctl(1, 9)
            fuse = os.open("/dev/fuse", os.O_RDWR)
            options = "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other" % fuse
            if libc.mount(b"hung", sys.argv[1].encode(), b"fuse.hung", 0, options.encode()) != 0:
                sys.exit("mount: " + os.strerror(ctypes.get_errno()))
            request = os.read(fuse, 1 << 17)
            unique, major, minor = struct.unpack_from("<Q", request, 8)[0], 7, 31
            init = struct.pack("<IIIIHHIIHHI", major, minor, 0, 0, 16, 12, 4096, 1, 1, 0, 0) + bytes(24)
            os.write(fuse, struct.pack("<IiQ", 16 + len(init), 0, unique) + init)
            print("mounted", flush=True)
            time.sleep(600)
            """;

    /// Mounts it, or passes the test over where that is not possible.
    ///
    /// @param folder exists
    public static HungMount at(Path folder) throws IOException {
        assumeTrue(
                Files.readString(Path.of("/proc/self/status")).contains("\nUid:\t0\t0\t"),
                "needs root, to mount file systems");
        Tools.need(Files.isWritable(Path.of("/dev/fuse")), "/dev/fuse is missing (modprobe fuse)");
        Process daemon = new ProcessBuilder(
                        Tools.path("unshare", "util-linux"),
                        "-m",
                        Tools.path("python3", "python3"),
                        "-c",
                        DAEMON,
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader said = daemon.inputReader(StandardCharsets.UTF_8);
        String line = said.readLine();
        Tools.need(line != null && !line.contains("Operation not permitted"), "FUSE cannot be mounted: " + line);
        assertThat(line).isEqualTo("mounted");
        return new HungMount(daemon, folder);
    }

    /// A command that runs the one behind it where the file system is mounted.
    public List<String> launcher() {
        return List.of("nsenter", "-m", "-t", Long.toString(daemon.pid()), "--");
    }

    /// The root directory of the namespace that it is mounted in.
    public Path root() {
        return Path.of("/proc/" + daemon.pid() + "/root");
    }

    /// Ends the daemon, and with it the file system: what waits for it fails.
    @Override
    public void close() {
        daemon.destroyForcibly().onExit().join();
    }
}
