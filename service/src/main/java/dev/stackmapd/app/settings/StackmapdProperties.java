package dev.stackmapd.app.settings;

import dev.stackmapd.app.http.BodyLimits;
import dev.stackmapd.artifact.disk.Scrub;
import dev.stackmapd.artifact.disk.StoreLimits;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.index.IndexSettings;
import dev.stackmapd.ingest.IngestLimits;
import dev.stackmapd.upstream.AddressRules;
import dev.stackmapd.upstream.Upstream;
import dev.stackmapd.upstream.UpstreamLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// `stackmapd.*`. Refuses at start-up what would only fail at the first request, and what is no setting.
///
/// @param mode whether this is the server or sits beside a workload
/// @param shutdownDelay how long requests are still taken after SIGTERM, with readiness off
/// @param showUsage prints where the service listens and two requests to try ([StartMessage])
@ConfigurationProperties(prefix = "stackmapd", ignoreUnknownFields = false)
public record StackmapdProperties(
        @DefaultValue("server") Mode mode,
        @DefaultValue("1s") Duration shutdownDelay,
        @DefaultValue("false") boolean showUsage,
        @DefaultValue Store store,
        @DefaultValue Files files,
        @DefaultValue Artifacts artifacts,
        @DefaultValue Debuginfod debuginfod,
        @DefaultValue Security security,
        @DefaultValue Ingest ingest,
        @DefaultValue Stackmaps stackmaps) {

    public StackmapdProperties {
        atLeast(Duration.ZERO, shutdownDelay, "shutdown-delay");
        ingest.limits(
                ingest.maxBatchFrames() == null ? IngestLimits.DEFAULT.maxBatchFrames() : ingest.maxBatchFrames());
    }

    /// Heap that settings ask for, bytes, by table.
    Map<MemoryPlan.Table, Long> tables() {
        Map<MemoryPlan.Table, Long> asked = new EnumMap<>(MemoryPlan.Table.class);
        put(asked, MemoryPlan.Table.STORE, store.maxBytes());
        put(asked, MemoryPlan.Table.INDEX, artifacts.indexMemory());
        put(asked, MemoryPlan.Table.SYMBOLS, artifacts.cacheBytes());
        put(asked, MemoryPlan.Table.STACKMAPS, stackmaps.maxBytes());
        put(asked, MemoryPlan.Table.REPLAYS, ingest.replayBytes());
        return asked;
    }

    private static void put(Map<MemoryPlan.Table, Long> asked, MemoryPlan.Table table, @Nullable DataSize bytes) {
        if (bytes != null) {
            asked.put(table, bytes.toBytes());
        }
    }

    /// Paths are bound as texts: Spring would look for them in the web application first, and finds `/` there.
    public static List<Path> paths(List<String> texts) {
        return texts.stream().map(Path::of).toList();
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

    private static void valid(String name, Runnable parse) {
        try {
            parse.run();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("stackmapd.%s: %s".formatted(name, e.getMessage()), e);
        }
    }

    private static void fitsAnArray(DataSize value, String name) {
        if (value.toBytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("stackmapd.%s must be below 2GB, was %s".formatted(name, value));
        }
    }

    public enum Mode {
        SERVER,
        SIDECAR
    }

    /// @param kind where stacks are kept
    /// @param maxBytes memory that stacks and their counts may take; unset, a share ([MemoryPlan])
    public record Store(
            @DefaultValue("memory") Kind kind, @Nullable DataSize maxBytes) {
        public Store {
            if (maxBytes != null) {
                atLeast(1 << 20, maxBytes.toBytes(), "store.max-bytes");
            }
        }

        public enum Kind {
            MEMORY
        }
    }

    /// @param access unset, `proc` on a loopback address or as a sidecar, else `none`
    /// @param roots directories that paths of maps are resolved in; for `roots`
    /// @param names whether local files give names: those that were read for their build-id, `~/.debug` and
    ///     `/usr/lib/debug`. Unset, on a loopback address where files may be read
    public record Files(
            @Nullable Access access,
            @DefaultValue List<String> roots,
            @Nullable Boolean names) {
        public Files {
            if (access == Access.ROOTS && roots.isEmpty()) {
                throw new IllegalArgumentException("stackmapd.files.access=roots needs stackmapd.files.roots");
            }
            if (access != Access.ROOTS && !roots.isEmpty()) {
                throw new IllegalArgumentException("stackmapd.files.roots needs stackmapd.files.access=roots");
            }
        }

        public enum Access {
            NONE,
            PROC,
            ROOTS
        }
    }

    /// @param directories folders and `.build-id` trees with binaries and debug files, read only
    /// @param rescan how often the folders are looked through for new files
    /// @param cacheBytes memory for open binaries, answers and negatives together; unset, a share ([MemoryPlan])
    /// @param cache folder for uploads, downloads and indexes. Of one process alone
    /// @param cacheQuota bytes on disk that it may take; what was used longest ago goes first
    /// @param freePercent of the file system that must stay free
    /// @param evictUploads whether uploads go too where room is needed, after everything that can be had
    ///     again, but before files of binaries that were seen in stacks lately
    /// @param maxFile bytes of one upload or download, after decompression
    /// @param maxUploadTime from the first to the last byte of an upload's request
    /// @param scrubPeriod how often all stored files are compared with their digests
    /// @param scrubRate bytes that this reads in a second, at most
    /// @param indexMemory for building an index, whatever grows with the binary: a fifth for code, which goes
    ///     to disk beyond that; a binary that needs more gets none. Unset, a share ([MemoryPlan])
    /// @param maxInflated disk for one file's debug sections after decompression, part of `cacheQuota` as long as
    ///     the file is open; a file with more has its lines in part, and says so. Unset, a quarter of `cacheQuota`
    public record Artifacts(
            @DefaultValue List<String> directories,
            @DefaultValue("1m") Duration rescan,
            @Nullable DataSize cacheBytes,
            @DefaultValue("data/artifacts") String cache,
            @DefaultValue("10GB") DataSize cacheQuota,
            @DefaultValue("10") int freePercent,
            @DefaultValue("false") boolean evictUploads,
            @DefaultValue("4GB") DataSize maxFile,
            @DefaultValue("15m") Duration maxUploadTime,
            @DefaultValue("7d") Duration scrubPeriod,
            @DefaultValue("8MB") DataSize scrubRate,
            @Nullable DataSize indexMemory,
            @Nullable DataSize maxInflated) {
        /// Reading symbols takes four times what an open file keeps of them ([ParseLimits#within]), and a look-up in
        /// debug information holds three tables.
        private static final int READING = 4;

        private static final int TABLES = 3;
        private static final long LEAST_OPEN_FILE = 1 << 20;

        /// More of a file's debug information need not stay decoded, and no table of one unit has more.
        private static final long MOST_DECODED = 64 << 20;

        public Artifacts {
            atLeast(Duration.ofSeconds(1), rescan, "artifacts.rescan");
            if (cacheBytes != null) {
                atLeast(1, cacheBytes.toBytes(), "artifacts.cache-bytes");
            }
            atLeast(0, freePercent, "artifacts.free-percent");
            if (freePercent > 100) {
                throw new IllegalArgumentException(
                        "stackmapd.artifacts.free-percent must be at most 100, was " + freePercent);
            }
            atLeast(1, maxFile.toBytes(), "artifacts.max-file");
            atLeast(Duration.ofMillis(1), maxUploadTime, "artifacts.max-upload-time");
            atLeast(1, cacheQuota.toBytes(), "artifacts.cache-quota");
            atLeast(Duration.ofSeconds(1), scrubPeriod, "artifacts.scrub-period");
            atLeast(1, scrubRate.toBytes(), "artifacts.scrub-rate");
            if (indexMemory != null) {
                atLeast(1 << 20, indexMemory.toBytes(), "artifacts.index-memory");
                fitsAnArray(indexMemory, "artifacts.index-memory");
            }
            if (maxInflated != null) {
                atLeast(1, maxInflated.toBytes(), "artifacts.max-inflated");
            }
        }

        public long diskForInflated() {
            return maxInflated != null ? maxInflated.toBytes() : Math.max(cacheQuota.toBytes() / 4, 1);
        }

        public StoreLimits storeLimits() {
            return new StoreLimits(
                    cacheQuota.toBytes(),
                    freePercent,
                    maxFile.toBytes(),
                    StoreLimits.DEFAULT.useInterval(),
                    evictUploads ? StoreLimits.UploadEviction.LAST : StoreLimits.UploadEviction.NEVER);
        }

        public Scrub.Settings scrub() {
            return new Scrub.Settings(scrubPeriod, scrubRate.toBytes());
        }

        public static IndexSettings indexSettings(MemoryPlan plan) {
            return IndexSettings.of(plan.bytes(MemoryPlan.Table.INDEX));
        }

        public ParseLimits parseLimits(MemoryPlan plan) {
            ParseLimits symbols = ParseLimits.DEFAULT.within(Math.max(plan.reading() / READING, LEAST_OPEN_FILE));
            ParseLimits debugInformation = symbols.within(MOST_DECODED);
            long table = Math.clamp(plan.reading() / TABLES, LEAST_OPEN_FILE, MOST_DECODED);
            return new ParseLimits(
                    symbols.maxNoteBytes(),
                    symbols.maxProgramHeaders(),
                    symbols.maxSections(),
                    symbols.maxSymbols(),
                    symbols.maxNameBytes(),
                    diskForInflated(),
                    debugInformation.dwarf().decodingWithin(table));
        }
    }

    /// @param upstreams base URLs of debuginfod servers, all asked at once
    /// @param allow hosts, addresses and CIDR blocks that may be connected to though they are private or loopback
    /// @param timeout of one fetch with all its upstreams; a client's request is held as long
    /// @param sources folders below which source files lie under the names that debug information has for them
    public record Debuginfod(
            @DefaultValue List<String> upstreams,
            @DefaultValue List<String> allow,
            @DefaultValue("5m") Duration timeout,
            @DefaultValue List<String> sources) {
        public Debuginfod {
            valid("debuginfod.upstreams", () -> upstreams.forEach(Upstream::of));
            valid("debuginfod.allow", () -> AddressRules.of(allow));
            atLeast(Duration.ofMillis(1), timeout, "debuginfod.timeout");
        }

        public List<Upstream> bases() {
            return upstreams.stream().map(Upstream::of).toList();
        }

        public UpstreamLimits limits(long maxFile) {
            return UpstreamLimits.DEFAULT.with(timeout, maxFile);
        }
    }

    /// @param open serve without tokens on an address that is not loopback
    /// @param hosts names that the service is reached by, beside `localhost` and its addresses
    public record Security(
            @DefaultValue("false") boolean open,
            @DefaultValue List<String> hosts) {}

    /// @param maxEncodedBody bytes of a request body as it is sent
    /// @param maxBody bytes of a request body after decompression; unset, an eighth of the heap, 64 MB at most
    /// @param maxBodyTime from the first to the last byte of a request body
    /// @param maxConcurrent batches in memory at once; unset, one for each 512 MB of heap, 1 to 8. More wait, and
    ///     are told to come back after ten seconds
    /// @param maxStacks, maxFrames, maxBatchFrames, keptFrames, maxProcesses, maxMapsBytes, maxMapsLines,
    ///     maxBinaries, maxHeadBytes see [IngestLimits]
    /// @param replayWindow how long a batchId is remembered
    /// @param replayBytes memory for remembered batches; the oldest are forgotten first; unset, a share of
    ///     the heap
    public record Ingest(
            @DefaultValue("16MB") DataSize maxEncodedBody,
            @Nullable DataSize maxBody,
            @DefaultValue("60s") Duration maxBodyTime,
            @Nullable Integer maxConcurrent,
            @DefaultValue("50000") int maxStacks,
            @DefaultValue("1024") int maxFrames,
            @Nullable Integer maxBatchFrames,
            @DefaultValue("127") int keptFrames,
            @DefaultValue("1024") int maxProcesses,
            @DefaultValue("8MB") DataSize maxMapsBytes,
            @DefaultValue("65536") int maxMapsLines,
            @DefaultValue("65536") int maxBinaries,
            @DefaultValue("1MB") DataSize maxHeadBytes,
            @DefaultValue("2h") Duration replayWindow,
            @Nullable DataSize replayBytes) {
        public Ingest {
            if (maxConcurrent != null) {
                atLeast(1, maxConcurrent, "ingest.max-concurrent");
            }
            atLeast(Duration.ofMillis(1), maxBodyTime, "ingest.max-body-time");
            atLeast(1, maxEncodedBody.toBytes(), "ingest.max-encoded-body");
            atLeast(Duration.ZERO, replayWindow, "ingest.replay-window");
            if (replayBytes != null) {
                atLeast(0, replayBytes.toBytes(), "ingest.replay-bytes");
            }
            fitsAnArray(maxMapsBytes, "ingest.max-maps-bytes");
            fitsAnArray(maxHeadBytes, "ingest.max-head-bytes");
            if (maxBody != null && maxBody.toBytes() < maxEncodedBody.toBytes()) {
                throw new IllegalArgumentException(
                        "stackmapd.ingest.max-body must not be below stackmapd.ingest.max-encoded-body");
            }
        }

        public BodyLimits bodies(MemoryPlan.Requests plan) {
            return new BodyLimits(maxEncodedBody.toBytes(), plan.maxBody(), maxBodyTime);
        }

        /// @param maxBatchFrames as the plan has them
        public IngestLimits limits(int maxBatchFrames) {
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

    /// @param maxBytes memory that all kernel-style maps together may take, by the kernel's own sum (MAP-22); unset, a
    ///     share ([MemoryPlan])
    public record Stackmaps(@Nullable DataSize maxBytes) {
        public Stackmaps {
            if (maxBytes != null) {
                atLeast(0, maxBytes.toBytes(), "stackmaps.max-bytes");
            }
        }
    }
}
