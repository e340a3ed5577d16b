package dev.stackmapd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A FUSE file system that has one file, which any user may read. It is mounted in a mount namespace of its own,
/// which ends with the daemon.
public record FuseMount(Process daemon, Path folder, String name) implements AutoCloseable {
    /// Mounts itself at the first argument and serves the bytes of the file that is the second, under its name
    /// (`include/uapi/linux/fuse.h`, protocol 7.31). `prctl(PR_SET_PDEATHSIG, SIGKILL)` ends it with the tests.
    private static final String DAEMON = """
            import ctypes, os, struct, sys
            libc = ctypes.CDLL(None, use_errno=True)
            libc.prctl(1, 9)
            fuse = os.open("/dev/fuse", os.O_RDWR)
            content = open(sys.argv[2], "rb").read()
            name = os.path.basename(sys.argv[2]).encode()
            options = "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other" % fuse
            if libc.mount(b"one", sys.argv[1].encode(), b"fuse.one", 0, options.encode()) != 0:
                sys.exit("mount: " + os.strerror(ctypes.get_errno()))

            def attributes(node):
                size, mode = (0, 0o40755) if node == 1 else (len(content), 0o100444)
                return struct.pack("<6Q10I", node, size, 1, 1, 1, 1, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)

            def answer(unique, body, error=0):
                os.write(fuse, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)

            LOOKUP, FORGET, GETATTR, OPEN, READ, STATFS, RELEASE, FLUSH, INIT, INTERRUPT = 1, 2, 3, 14, 15, 17, 18, 25, 26, 36
            while True:
                request = os.read(fuse, 1 << 17)
                _, opcode, unique, node = struct.unpack_from("<IIQQ", request)
                body = request[40:]
                if opcode == INIT:
                    answer(unique, struct.pack("<IIIIHHIIHHI", 7, 31, 0, 0, 16, 12, 4096, 1, 1, 0, 0) + bytes(24))
                    print("mounted", flush=True)
                elif opcode == LOOKUP and body.rstrip(bytes(1)) == name:
                    answer(unique, struct.pack("<QQQQII", 2, 0, 60, 60, 0, 0) + attributes(2))
                elif opcode == LOOKUP:
                    answer(unique, b"", 2)
                elif opcode == GETATTR:
                    answer(unique, struct.pack("<QII", 60, 0, 0) + attributes(node))
                elif opcode == OPEN:
                    answer(unique, struct.pack("<QII", 0, 0, 0))
                elif opcode == READ:
                    _, offset, size = struct.unpack_from("<QQI", body)
                    answer(unique, content[offset:offset + size])
                elif opcode == STATFS:
                    answer(unique, struct.pack("<5Q4I", 1, 0, 0, 1, 0, 4096, 255, 4096, 0) + bytes(24))
                elif opcode in (RELEASE, FLUSH):
                    answer(unique, b"")
                elif opcode not in (FORGET, INTERRUPT):
                    answer(unique, b"", 38)
            """;

    /// Mounts it, or passes the test over where that is not possible.
    ///
    /// @param folder exists
    /// @param file whose bytes and name the file of the file system has
    public static FuseMount at(Path folder, Path file) throws IOException {
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
                        folder.toString(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader said = daemon.inputReader(StandardCharsets.UTF_8);
        String line = said.readLine();
        Tools.need(line != null && !line.contains("Operation not permitted"), "FUSE cannot be mounted: " + line);
        assertThat(line).isEqualTo("mounted");
        return new FuseMount(daemon, folder, String.valueOf(file.getFileName()));
    }

    /// The root directory of the namespace that it is mounted in.
    public Path root() {
        return Path.of("/proc/" + daemon.pid() + "/root");
    }

    /// The path of the file below [#root].
    public Path file() {
        return folder.resolve(name);
    }

    /// Ends the daemon, and with it the file system.
    @Override
    public void close() {
        daemon.destroyForcibly().onExit().join();
    }
}
