package dev.stackmapd.app;

import dev.stackmapd.ingest.IngestLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// `stackmapd.*`. Refuses at start-up what would only fail at the first request.
///
/// @param mode whether this is the server or sits beside a workload
@ConfigurationProperties("stackmapd")
record StackmapdProperties(
        @DefaultValue("server") Mode mode,
        @DefaultValue Store store,
        @DefaultValue Files files,
        @DefaultValue Artifacts artifacts,
        @DefaultValue Security security,
        @DefaultValue Ingest ingest,
        @DefaultValue Stackmaps stackmaps) {

    enum Mode {
        SERVER,
        SIDECAR
    }

    /// @param kind where stacks are kept
    /// @param maxBytes memory that stacks and their counts may take; unset, half of the heap
    record Store(
            @DefaultValue("memory") Kind kind, @Nullable DataSize maxBytes) {
        Store {
            if (maxBytes != null && maxBytes.toBytes() < 1 << 20) {
                throw new IllegalArgumentException("stackmapd.store.max-bytes must be at least 1MB, was " + maxBytes);
            }
        }

        long budget() {
            return maxBytes != null ? maxBytes.toBytes() : Runtime.getRuntime().maxMemory() / 2;
        }

        enum Kind {
            MEMORY
        }
    }

    /// @param access unset, `proc` on a loopback address or as a sidecar, else `none`
    /// @param roots directories that paths of maps are resolved in; for `roots`
    record Files(@Nullable Access access, @DefaultValue List<Path> roots) {
        Files {
            if (access == Access.ROOTS && roots.isEmpty()) {
                throw new IllegalArgumentException("stackmapd.files.access=roots needs stackmapd.files.roots");
            }
            if (access != Access.ROOTS && !roots.isEmpty()) {
                throw new IllegalArgumentException("stackmapd.files.roots needs stackmapd.files.access=roots");
            }
        }

        enum Access {
            NONE,
            PROC,
            ROOTS
        }
    }

    /// @param directories folders and `.build-id` trees with binaries and debug files, read only
    /// @param rescan how often the folders are looked through for new files
    /// @param cacheBytes memory for open symbol tables
    record Artifacts(
            @DefaultValue List<Path> directories,
            @DefaultValue("1m") Duration rescan,
            @DefaultValue("256MB") DataSize cacheBytes) {
        Artifacts {
            if (rescan.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("stackmapd.artifacts.rescan must be at least 1s, was " + rescan);
            }
        }
    }

    /// @param open serve without tokens on an address that is not loopback
    record Security(@DefaultValue("false") boolean open) {}

    /// @param maxEncodedBody bytes of a request body as it is sent
    /// @param maxBody bytes of a request body after decompression
    /// @param maxConcurrent batches being decoded or translated at once; more are told to come back
    /// @param maxStacks, maxFrames, keptFrames, maxProcesses, maxMapsBytes, maxMapsLines, maxBinaries, maxHeadBytes
    ///     see [IngestLimits]
    /// @param replayWindow how long a batchId is remembered
    /// @param replayBytes memory for remembered batches; the oldest are forgotten first
    record Ingest(
            @DefaultValue("16MB") DataSize maxEncodedBody,
            @DefaultValue("64MB") DataSize maxBody,
            @DefaultValue("8") int maxConcurrent,
            @DefaultValue("50000") int maxStacks,
            @DefaultValue("1024") int maxFrames,
            @DefaultValue("127") int keptFrames,
            @DefaultValue("1024") int maxProcesses,
            @DefaultValue("8MB") DataSize maxMapsBytes,
            @DefaultValue("65536") int maxMapsLines,
            @DefaultValue("65536") int maxBinaries,
            @DefaultValue("1MB") DataSize maxHeadBytes,
            @DefaultValue("24h") Duration replayWindow,
            @DefaultValue("64MB") DataSize replayBytes) {
        Ingest {
            if (maxConcurrent < 1) {
                throw new IllegalArgumentException("stackmapd.ingest.max-concurrent must be at least 1");
            }
            if (maxBody.toBytes() < maxEncodedBody.toBytes()) {
                throw new IllegalArgumentException(
                        "stackmapd.ingest.max-body must not be below stackmapd.ingest.max-encoded-body");
            }
        }

        IngestLimits limits() {
            return new IngestLimits(
                    maxStacks,
                    maxFrames,
                    keptFrames,
                    maxProcesses,
                    Math.toIntExact(maxMapsBytes.toBytes()),
                    maxMapsLines,
                    maxBinaries,
                    Math.toIntExact(maxHeadBytes.toBytes()));
        }
    }

    /// @param maxBytes memory that all kernel-style maps together may take, by the kernel's own sum (MAP-22)
    record Stackmaps(@DefaultValue("256MB") DataSize maxBytes) {}
}
