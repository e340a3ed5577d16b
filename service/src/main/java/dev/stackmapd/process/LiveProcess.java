package dev.stackmapd.process;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads a running process of this host from `/proc`, for a service that runs beside it.
///
/// The kernel may reuse a pid at any moment. The start time is therefore read before and after the maps,
/// and maps are returned only if both are equal. A process whose main thread has ended counts as gone
/// although other threads may still run, because the kernel shows no maps for it. Methods block on file
/// reads. Immutable and thread-safe.
public final class LiveProcess {
    private final int pid;
    private final Path directory;
    private final int maxMapsBytes;

    /// @param proc where the proc file system is mounted
    /// @param pid 1 or more
    /// @param maxMapsBytes maximum size of the maps text, 1 to 2^31 − 2
    public LiveProcess(Path proc, int pid, int maxMapsBytes) {
        requireNonNull(proc, "proc");
        if (pid < 1) {
            throw new IllegalArgumentException("a pid is at least 1, not " + pid);
        }
        if (maxMapsBytes < 1 || maxMapsBytes == Integer.MAX_VALUE) {
            throw new IllegalArgumentException("maxMapsBytes must be 1 to 2^31 - 2, was " + maxMapsBytes);
        }
        this.pid = pid;
        this.directory = proc.resolve(Integer.toString(pid));
        this.maxMapsBytes = maxMapsBytes;
    }

    /// Reads and parses the maps.
    ///
    /// @throws IOException if the process exists and access is permitted, but reading fails
    public LiveMapsResult readMaps() throws IOException {
        try {
            ProcessStat before = stat();
            // The kernel returns at most one page per call, whatever the size of the buffer (PMX-13).
            byte[] text = read("maps", maxMapsBytes + 1);
            return judge(before, text, stat());
        } catch (NoSuchFileException e) {
            return noSuchProcess();
        } catch (IOException e) {
            if (refused(e)) {
                return new LiveMapsResult.NotPermitted(
                        "reading the maps of pid %d needs the same uid or SYS_PTRACE".formatted(pid));
            }
            if (Files.notExists(directory)) {
                return noSuchProcess();
            }
            throw e;
        }
    }

    private LiveMapsResult judge(ProcessStat before, byte[] text, ProcessStat after) {
        if (before.startTime() != after.startTime()) {
            return new LiveMapsResult.Gone("pid %d passed to another process while it was read".formatted(pid));
        }
        if (after.kernelThread()) {
            return new LiveMapsResult.KernelThread();
        }
        if (text.length == 0 || after.ended()) {
            return new LiveMapsResult.Gone("process %d has ended".formatted(pid));
        }
        return text.length > maxMapsBytes
                ? new LiveMapsResult.TooLarge(maxMapsBytes)
                : new LiveMapsResult.Read(MapsParser.parse(text), text.length, after.startTime());
    }

    private LiveMapsResult noSuchProcess() {
        return new LiveMapsResult.Gone("there is no process " + pid);
    }

    private ProcessStat stat() throws IOException {
        return ProcessStat.parse(read("stat", 4096));
    }

    private byte[] read(String file, int maxBytes) throws IOException {
        try (InputStream in = Files.newInputStream(directory.resolve(file))) {
            return in.readNBytes(maxBytes);
        }
    }

    /// Returns true for EACCES and EPERM. Java has an exception for EACCES; EPERM, which a proc mounted
    /// with `hidepid=1` returns, is recognised by its message.
    private static boolean refused(IOException e) {
        return e instanceof AccessDeniedException
                || (e instanceof FileSystemException refusal && "Operation not permitted".equals(refusal.getReason()));
    }
}
