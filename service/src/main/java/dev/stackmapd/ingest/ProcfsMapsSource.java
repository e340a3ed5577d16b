package dev.stackmapd.ingest;

import dev.stackmapd.process.LiveMapsResult;
import dev.stackmapd.process.LiveProcess;
import dev.stackmapd.process.ParsedMaps;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.request.RejectionException.Category;
import dev.stackmapd.resolve.linux.HostFileThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/// Reads the maps of processes on this host from `/proc`, for one batch in a sidecar.
///
/// The kernel waits for the memory lock of the process, which one of its threads may hold while it waits
/// for an unresponsive file system. Maps are therefore read on [HostFileThreads].
public final class ProcfsMapsSource implements ProcessMapsSource {
    private static final Path PROC = Path.of("/proc");
    private static final Duration DEADLINE = Duration.ofSeconds(1);

    private final HostFileThreads threads;
    private final int maxMapsBytes;
    private final long maxBatchBytes;
    private long batchBytes;

    /// @param maxMapsBytes maximum size of one maps text
    /// @param maxBatchBytes maximum size of all maps texts of the batch, which stay in memory until the
    ///     batch is stored
    public ProcfsMapsSource(HostFileThreads threads, int maxMapsBytes, long maxBatchBytes) {
        this.threads = threads;
        this.maxMapsBytes = maxMapsBytes;
        this.maxBatchBytes = maxBatchBytes;
    }

    @Override
    public ParsedMaps of(int pid, String field) {
        if (pid == 0) {
            throw RejectionException.invalid(field, "is missing, and so is the pid to read it by");
        }
        return switch (read(pid, field)) {
            case LiveMapsResult.Read read -> counted(read, field);
            case LiveMapsResult.Gone gone -> throw RejectionException.of(Category.GONE, field, gone.detail());
            case LiveMapsResult.NotPermitted no ->
                throw RejectionException.of(Category.NOT_PERMITTED, field, no.detail());
            case LiveMapsResult.KernelThread _ ->
                throw RejectionException.invalid(field, "a kernel thread has no mappings");
            case LiveMapsResult.TooLarge large ->
                throw RejectionException.tooLarge(field, "longer than %d bytes".formatted(large.maxBytes()));
        };
    }

    private ParsedMaps counted(LiveMapsResult.Read read, String field) {
        batchBytes += read.bytes();
        if (batchBytes > maxBatchBytes) {
            throw RejectionException.tooLarge(
                    field, "with those before it, longer than the %d bytes of a batch".formatted(maxBatchBytes));
        }
        return read.maps();
    }

    private LiveMapsResult read(int pid, String field) {
        try {
            return threads.ofProcess(pid, DEADLINE, () -> read(pid))
                    .orElseThrow(() -> RejectionException.of(
                            Category.BUSY, field, "the mappings of pid %d could not be read in time".formatted(pid)));
        } catch (UncheckedIOException e) {
            throw RejectionException.of(Category.GONE, field, "reading the mappings of pid %d failed".formatted(pid));
        }
    }

    private LiveMapsResult read(int pid) {
        try {
            return new LiveProcess(PROC, pid, maxMapsBytes).readMaps();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
