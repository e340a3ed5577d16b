package dev.stackmapd.resolve;

import dev.stackmapd.process.LiveMapsResult;
import dev.stackmapd.process.LiveProcess;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.linux.PathName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Reads the current mappings of processes of this host, to verify that a process really maps a file
/// that a sender names. Caches the mappings of the last process. Thread-safe.
final class LiveMappings {
    private static final Path PROC = Path.of("/proc");

    /// 65,530 mappings of ordinary length are about 6 MB.
    private static final int MAX_MAPS_BYTES = 8 << 20;

    private volatile Known last = new Known(0, Optional.empty());

    private record Known(int pid, Optional<VmaIndex> vmas) {}

    /// Finds a mapping of a file at any address of a process.
    ///
    /// @param pid 1 or more
    /// @return the mapping; empty if there is none, or the mappings cannot be read
    Optional<FileMapping> find(int pid, FileMapping mapping) {
        Known known = last;
        if (known.pid != pid) {
            known = new Known(pid, read(pid));
            last = known;
        }
        return known.vmas.flatMap(vmas -> find(vmas, mapping));
    }

    private static Optional<FileMapping> find(VmaIndex vmas, FileMapping mapping) {
        for (int i = 0; i < vmas.size(); i++) {
            if (vmas.inode(i) == mapping.file().inode()
                    && vmas.hasFile(i)
                    && mapping.isCalled(PathName.of(vmas.get(i).pathBytes()))) {
                return Optional.of(mapping.at(vmas.get(i)));
            }
        }
        return Optional.empty();
    }

    private static Optional<VmaIndex> read(int pid) {
        try {
            return new LiveProcess(PROC, pid, MAX_MAPS_BYTES).readMaps() instanceof LiveMapsResult.Read read
                    ? Optional.of(read.maps().vmas())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
