package dev.stackmapd.ingest;

import dev.stackmapd.ingest.RefusedException.Kind;
import dev.stackmapd.process.LiveMaps;
import dev.stackmapd.process.LiveProcess;
import dev.stackmapd.process.ParsedMaps;
import java.io.IOException;
import java.nio.file.Path;

/// Reads the maps of processes beside this one from `/proc`, for a sidecar. Thread-safe.
public final class NeighbourMaps implements MissingMaps {
    private static final Path PROC = Path.of("/proc");

    private final int maxMapsBytes;

    /// @param maxMapsBytes bytes of one maps text
    public NeighbourMaps(int maxMapsBytes) {
        this.maxMapsBytes = maxMapsBytes;
    }

    @Override
    public ParsedMaps of(int pid, String field) {
        if (pid == 0) {
            throw RefusedException.invalid(field, "is missing, and so is the pid to read it by");
        }
        return switch (read(pid, field)) {
            case LiveMaps.Read read -> read.maps();
            case LiveMaps.Gone gone -> throw RefusedException.of(Kind.GONE, field, gone.detail());
            case LiveMaps.NotPermitted no -> throw RefusedException.of(Kind.NOT_PERMITTED, field, no.detail());
            case LiveMaps.KernelThread _ -> throw RefusedException.invalid(field, "a kernel thread has no mappings");
            case LiveMaps.TooLarge large ->
                throw RefusedException.tooLarge(field, "longer than %d bytes".formatted(large.maxBytes()));
        };
    }

    private LiveMaps read(int pid, String field) {
        try {
            return new LiveProcess(PROC, pid, maxMapsBytes).readMaps();
        } catch (IOException e) {
            throw RefusedException.of(Kind.GONE, field, "reading the mappings of pid %d failed".formatted(pid));
        }
    }
}
