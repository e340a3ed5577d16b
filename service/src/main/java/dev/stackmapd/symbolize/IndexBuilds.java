package dev.stackmapd.symbolize;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.index.IndexBuilder;
import dev.stackmapd.elfcore.index.IndexBuilding;
import dev.stackmapd.elfcore.index.IndexOrigin;
import dev.stackmapd.elfcore.index.IndexSettings;
import dev.stackmapd.elfcore.symbols.FileSymbols;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Builds indexes in the background, one after the other on one thread, so that the memory of one build is the
/// memory of all. A build-id waits or is built at most once at a time. Thread-safe.
public final class IndexBuilds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexBuilds.class);
    private static final int MAX_WAITING = 1_000;
    private static final Duration NOT_AGAIN_FOR = Duration.ofMinutes(10);
    private static final long SMALL_INDEX_BYTES = 1 << 16;
    private static final String TOOL = "stackmapd";

    private final IndexFolder folder;
    private final IndexSettings settings;
    private final Set<BuildId> underWay = ConcurrentHashMap.newKeySet();
    private final Cache<Path, Boolean> failed = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(NOT_AGAIN_FOR)
            .build();
    private final LongAdder built = new LongAdder();
    private final LongAdder notBuilt = new LongAdder();
    private final ExecutorService thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("index-build").factory(),
            new ThreadPoolExecutor.AbortPolicy());

    /// @param settings bound the memory of a build
    public IndexBuilds(IndexFolder folder, IndexSettings settings) {
        this.folder = folder;
        this.settings = settings;
    }

    IndexFolder folder() {
        return folder;
    }

    /// Has an index built, unless that is under way, has failed lately, or too many are waiting.
    ///
    /// @param input asked for on the building thread, and closed there; empty where there is nothing to index by
    ///     then
    /// @param done is run there when the index is in its place
    void want(BuildId buildId, Path place, Supplier<Optional<IndexInput>> input, Runnable done) {
        BuildId key = buildId.unpadded();
        if (failed.getIfPresent(place) != null || !underWay.add(key)) {
            return;
        }
        try {
            thread.execute(() -> {
                boolean isBuilt = false;
                try {
                    isBuilt = build(buildId, place, input);
                } finally {
                    underWay.remove(key);
                }
                if (isBuilt) {
                    // What is opened now may find the index stale already, and want another one.
                    done.run();
                }
            });
        } catch (RejectedExecutionException e) {
            // Whoever asks for the build-id next, after its names were forgotten, wants it again.
            underWay.remove(key);
        }
    }

    /// Indexes built since the start.
    public long built() {
        return built.sum();
    }

    /// Builds that gave no index since the start.
    public long notBuilt() {
        return notBuilt.sum();
    }

    /// Builds that wait or run.
    public int underWay() {
        return underWay.size();
    }

    /// The edge of its thread. Returns true if there is an index now.
    private boolean build(BuildId buildId, Path place, Supplier<Optional<IndexInput>> input) {
        try {
            Optional<IndexInput> given = input.get();
            return given.isPresent() && build(buildId, place, given.get());
        } catch (IOException | RuntimeException | InternalError | OutOfMemoryError e) {
            // Out of memory: its tables are free again, and what was too large must not be tried again at once.
            LOG.warn("no index of {}", buildId, e);
            notBuilt(place);
            return false;
        }
    }

    private boolean build(BuildId buildId, Path place, IndexInput given) throws IOException {
        try (given) {
            boolean isWritten = write(buildId, place, given);
            if (isWritten) {
                built.increment();
            } else {
                notBuilt(place);
            }
            return isWritten;
        }
    }

    /// Whether there is an index now.
    private boolean write(BuildId buildId, Path place, IndexInput input) throws IOException {
        long room = roomFor(input);
        if (!folder.take(room)) {
            LOG.info("no index of {}: there is no room for {} bytes", buildId, room);
            return false;
        }
        IndexBuilding building;
        try {
            building = builder(buildId, input).write(place);
            if (building instanceof IndexBuilding.Built && !mayStay(buildId, place, input)) {
                folder.giveUp(room);
                return false;
            }
        } catch (IOException | RuntimeException | Error e) {
            folder.giveUp(room);
            throw e;
        }
        if (building instanceof IndexBuilding.Built) {
            return folder.keep(buildId, place, room);
        }
        LOG.info("no index of {}: {}", buildId, building);
        folder.giveUp(room);
        return false;
    }

    /// An index outlives the full disk that has left its sections out.
    private boolean mayStay(BuildId buildId, Path place, IndexInput input) throws IOException {
        if (input.scratch().hasRefused()) {
            LOG.info("no index of {}: there is no disk space for its sections after decompression", buildId);
            Files.deleteIfExists(place);
            return false;
        }
        boolean kept = folder.keepInputs(place, input.lookedFor());
        if (!kept) {
            LOG.info("no index of {}: it depends on too many files", buildId);
        }
        return kept;
    }

    /// For an index and what lies beside it while it is built: twice its files, which hold more than names and
    /// lines, unless they are small or compressed.
    private static long roomFor(IndexInput input) throws IOException {
        long bytes = 0;
        for (Path path : input.paths()) {
            bytes += Files.size(path);
        }
        return 2 * bytes + SMALL_INDEX_BYTES;
    }

    private void notBuilt(Path place) {
        failed.put(place, true);
        notBuilt.increment();
    }

    private IndexBuilder builder(BuildId buildId, IndexInput input) {
        IndexBuilder builder = new IndexBuilder(new IndexOrigin(buildId, TOOL), settings).dwarf(input.dwarf());
        for (FileSymbols symbols : input.symbols()) {
            for (SymbolTable table : symbols.tables()) {
                builder.symbols(table, DirectNames.source(table.origin()));
            }
        }
        return builder;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
