package dev.stackmapd.app;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.index.IndexSettings;
import dev.stackmapd.ingest.IngestLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// `stackmapd.*`. Refuses at start-up what would only fail at the first request, and what is no setting.
///
/// @param mode whether this is the server or sits beside a workload
@ConfigurationProperties(prefix = "stackmapd", ignoreUnknownFields = false)
record StackmapdProperties(
        @DefaultValue("server") Mode mode,
        @DefaultValue Store store,
        @DefaultValue Files files,
        @DefaultValue Artifacts artifacts,
        @DefaultValue Security security,
        @DefaultValue Ingest ingest,
        @DefaultValue Stackmaps stackmaps) {

    StackmapdProperties {
        ingest.limits();
    }

    private static void atLeast(Duration least, Duration value, String name) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    "stackmapd.%s must be at least %s, was %s".formatted(name, least, value));
        }
    }

    private static void atLeast(int least, long value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "stackmapd.%s must be at least %d, was %d".formatted(name, least, value));
        }
    }

    private static void fitsAnArray(DataSize value, String name) {
        if (value.toBytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("stackmapd.%s must be below 2GB, was %s".formatted(name, value));
        }
    }

    enum Mode {
        SERVER,
        SIDECAR
    }

    /// @param kind where stacks are kept
    /// @param maxBytes memory that stacks and their counts may take; unset, half of the heap
    record Store(
            @DefaultValue("memory") Kind kind, @Nullable DataSize maxBytes) {
        Store {
            if (maxBytes != null) {
                atLeast(1 << 20, maxBytes.toBytes(), "store.max-bytes");
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
    /// @param cacheBytes memory for open binaries and their symbol tables
    /// @param cache folder for what is made of binaries: their indexes. Of one process alone
    /// @param cacheQuota bytes on disk that it may take; what was used longest ago goes first
    /// @param indexMemory for building an index: a fifth for code, which goes to disk beyond that, the rest for
    ///     names and
    ///     paths; a binary with more of these gets none
    /// @param maxInflated bytes of one file's debug sections after decompression, which are memory beside the heap;
    ///     a file
    ///     with more has its lines in part, and says so
    record Artifacts(
            @DefaultValue List<Path> directories,
            @DefaultValue("1m") Duration rescan,
            @DefaultValue("256MB") DataSize cacheBytes,
            @DefaultValue("data/artifacts") Path cache,
            @DefaultValue("10GB") DataSize cacheQuota,
            @DefaultValue("320MB") DataSize indexMemory,
            @DefaultValue("2GB") DataSize maxInflated) {
        Artifacts {
            atLeast(Duration.ofSeconds(1), rescan, "artifacts.rescan");
            atLeast(1, cacheBytes.toBytes(), "artifacts.cache-bytes");
            atLeast(1, cacheQuota.toBytes(), "artifacts.cache-quota");
            atLeast(1 << 20, indexMemory.toBytes(), "artifacts.index-memory");
            fitsAnArray(indexMemory, "artifacts.index-memory");
            atLeast(1, maxInflated.toBytes(), "artifacts.max-inflated");
        }

        IndexSettings indexSettings() {
            int tenth = (int) (indexMemory.toBytes() / 10);
            return new IndexSettings(tenth, 8 * tenth);
        }

        ParseLimits parseLimits() {
            ParseLimits usual = ParseLimits.DEFAULT;
            return new ParseLimits(
                    usual.maxNoteBytes(),
                    usual.maxProgramHeaders(),
                    usual.maxSections(),
                    usual.maxSymbols(),
                    usual.maxNameBytes(),
                    maxInflated.toBytes(),
                    usual.dwarf());
        }
    }

    /// @param open serve without tokens on an address that is not loopback
    record Security(@DefaultValue("false") boolean open) {}

    /// @param maxEncodedBody bytes of a request body as it is sent
    /// @param maxBody bytes of a request body after decompression
    /// @param maxBodyTime from the first to the last byte of a request body
    /// @param maxConcurrent batches in memory at once; unset, one for each 256 MB of heap, 1 to 8. More wait, and
    ///     are told to come back after ten seconds
    /// @param maxStacks, maxFrames, maxBatchFrames, keptFrames, maxProcesses, maxMapsBytes, maxMapsLines,
    ///     maxBinaries, maxHeadBytes see [IngestLimits]
    /// @param replayWindow how long a batchId is remembered
    /// @param replayBytes memory for remembered batches; the oldest are forgotten first
    record Ingest(
            @DefaultValue("16MB") DataSize maxEncodedBody,
            @DefaultValue("64MB") DataSize maxBody,
            @DefaultValue("60s") Duration maxBodyTime,
            @Nullable Integer maxConcurrent,
            @DefaultValue("50000") int maxStacks,
            @DefaultValue("1024") int maxFrames,
            @DefaultValue("4194304") int maxBatchFrames,
            @DefaultValue("127") int keptFrames,
            @DefaultValue("1024") int maxProcesses,
            @DefaultValue("8MB") DataSize maxMapsBytes,
            @DefaultValue("65536") int maxMapsLines,
            @DefaultValue("65536") int maxBinaries,
            @DefaultValue("1MB") DataSize maxHeadBytes,
            @DefaultValue("24h") Duration replayWindow,
            @DefaultValue("64MB") DataSize replayBytes) {
        Ingest {
            if (maxConcurrent != null) {
                atLeast(1, maxConcurrent, "ingest.max-concurrent");
            }
            atLeast(Duration.ofMillis(1), maxBodyTime, "ingest.max-body-time");
            atLeast(1, maxEncodedBody.toBytes(), "ingest.max-encoded-body");
            atLeast(Duration.ZERO, replayWindow, "ingest.replay-window");
            atLeast(0, replayBytes.toBytes(), "ingest.replay-bytes");
            fitsAnArray(maxMapsBytes, "ingest.max-maps-bytes");
            fitsAnArray(maxHeadBytes, "ingest.max-head-bytes");
            if (maxBody.toBytes() < maxEncodedBody.toBytes()) {
                throw new IllegalArgumentException(
                        "stackmapd.ingest.max-body must not be below stackmapd.ingest.max-encoded-body");
            }
        }

        /// A batch takes 256 MB at the worst: body, maps and frames at their limits.
        int concurrent() {
            return maxConcurrent != null
                    ? maxConcurrent
                    : Math.clamp(Runtime.getRuntime().maxMemory() >> 28, 1, 8);
        }

        IngestLimits limits() {
            return new IngestLimits(
                    maxStacks,
                    maxFrames,
                    maxBatchFrames,
                    keptFrames,
                    maxProcesses,
                    (int) maxMapsBytes.toBytes(),
                    maxMapsLines,
                    maxBinaries,
                    (int) maxHeadBytes.toBytes());
        }
    }

    /// @param maxBytes memory that all kernel-style maps together may take, by the kernel's own sum (MAP-22)
    record Stackmaps(@DefaultValue("256MB") DataSize maxBytes) {
        Stackmaps {
            atLeast(0, maxBytes.toBytes(), "stackmaps.max-bytes");
        }
    }
}
