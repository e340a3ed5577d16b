package dev.stackmapd.process;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A process of this host, by its pid, as far as `/proc` tells: for a service that runs beside it.
///
/// A pid may pass to another process at any moment. The start time is therefore read before and after the maps, and
/// only maps between two equal start times count. A process whose main thread has ended counts as gone, though other
/// threads of it may run on: the kernel shows no maps there. Blocks on file reads. Immutable, safe to share between
/// threads.
public final class LiveProcess {
    private final int pid;
    private final Path directory;
    private final int maxMapsBytes;

    /// @param proc where the proc file system is mounted
    /// @param pid 1 or more
    /// @param maxMapsBytes the longest maps text to take, 1 to 2^31 − 2
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

    /// Reads and parses its maps.
    ///
    /// @throws IOException if the process is there and permitted, and reading fails all the same
    public LiveMapsResult readMaps() throws IOException {
        try {
            ProcessStat before = stat();
            // The kernel hands out at most a page a call, whatever is asked for (PMX-13).
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

    /// EACCES has an exception of its own; EPERM, which a proc mounted with `hidepid=1` answers, has only the words.
    private static boolean refused(IOException e) {
        return e instanceof AccessDeniedException
                || (e instanceof FileSystemException refusal && "Operation not permitted".equals(refusal.getReason()));
    }
}
