package dev.stackmapd.symbolize.index;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.index.IndexBuilder;
import dev.stackmapd.elfcore.index.IndexBuilding;
import dev.stackmapd.elfcore.index.IndexOrigin;
import dev.stackmapd.elfcore.index.IndexSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
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
    /// Builds under way, of which one runs.
    private static final int WORTH_WAITING_FOR = 3;
    private static final Duration NOT_AGAIN_FOR = Duration.ofMinutes(10);
    private static final Duration NEVER_AGAIN = Duration.ofDays(36_500);
    private static final int MAX_REASON_CHARACTERS = 1 << 22;
    private static final int REASON_CHARACTERS = 400;
    private static final long SMALL_INDEX_BYTES = 1 << 16;
    /// How many times what an index is expected to take a build may write, temporary files included, before it
    /// is given up: a few bytes of hostile debug information can say the same of very much code.
    private static final long WRITTEN = 16;
    private static final String TOOL = "stackmapd";

    private final IndexFolder folder;
    private final IndexSettings settings;
    private final Map<BuildId, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
    private final Cache<Path, BuildFailure> failed = Caffeine.newBuilder()
            .maximumWeight(MAX_REASON_CHARACTERS)
            .<Path, BuildFailure>weigher((place, why) -> REASON_CHARACTERS + why.reason.length())
            .expireAfter(Expiry.<Path, BuildFailure>writing((place, why) -> why.life))
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

    /// Why no index was built.
    ///
    /// @param life how long it is not tried again
    private record BuildFailure(String reason, Duration life) {
        /// The same files would come to the same end.
        static BuildFailure forGood(String reason) {
            return new BuildFailure(reason, NEVER_AGAIN);
        }

        static BuildFailure thisTime(String reason) {
            return new BuildFailure(reason, NOT_AGAIN_FOR);
        }
    }

    public IndexFolder folder() {
        return folder;
    }

    /// Why no index was built at a place, which stands for a set of files; empty where that was not tried, or
    /// is tried again.
    public String refusal(Path place) {
        BuildFailure why = failed.getIfPresent(place);
        return why == null ? "" : why.reason;
    }

    /// Has an index built, unless that is under way, too many are waiting, or it was refused or has failed
    /// lately.
    ///
    /// @param input asked for on the building thread, and closed there; empty where there is nothing to index by
    ///     then
    /// @param done is run there when the index is in its place
    public void want(BuildId buildId, Path place, Supplier<Optional<IndexInput>> input, Runnable done) {
        BuildId key = buildId.unpadded();
        CompletableFuture<Void> end = new CompletableFuture<>();
        if (failed.getIfPresent(place) != null || underWay.putIfAbsent(key, end) != null) {
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
                try {
                    if (isBuilt) {
                        // What is opened now may find the index stale already, and want another one.
                        done.run();
                    }
                } finally {
                    end.complete(null);
                }
            });
        } catch (RejectedExecutionException e) {
            // Whoever asks for the build-id next, after its names were forgotten, wants it again.
            underWay.remove(key);
            end.complete(null);
        }
    }

    /// Returns a future that completes when the build of the binary's index ends. It is complete already if no build is
    /// under way, or if more than [#WORTH_WAITING_FOR] are: then answering from files is faster than waiting.
    public CompletableFuture<Void> end(BuildId buildId) {
        CompletableFuture<Void> end = underWay.get(buildId.unpadded());
        return end == null || underWay.size() > WORTH_WAITING_FOR ? CompletableFuture.completedFuture(null) : end;
    }

    /// Indexes built since the start.
    public long built() {
        return built.sum();
    }

    /// Builds that gave no index since the start.
    public long notBuilt() {
        return notBuilt.sum();
    }

    /// Indexes since the start that were removed because they were damaged on the disk.
    public long damaged() {
        return folder.damaged();
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
            boolean outOfMemory = e instanceof OutOfMemoryError;
            notBuilt(
                    place,
                    outOfMemory ? BuildFailure.forGood("out of memory") : BuildFailure.thisTime("the build failed"));
            return false;
        }
    }

    private boolean build(BuildId buildId, Path place, IndexInput given) throws IOException {
        try (given) {
            Optional<BuildFailure> failure = write(buildId, place, given);
            failure.ifPresentOrElse(
                    why -> {
                        LOG.info("no index of {}: {}", buildId, why.reason);
                        notBuilt(place, why);
                    },
                    built::increment);
            return failure.isEmpty();
        }
    }

    /// Empty where there is an index now.
    private Optional<BuildFailure> write(BuildId buildId, Path place, IndexInput input) throws IOException {
        long room = roomFor(input);
        if (!folder.take(room)) {
            return Optional.of(BuildFailure.thisTime("there is no room for " + room + " bytes"));
        }
        IndexBuilding building;
        try {
            building = builder(buildId, input, room).write(place);
            Optional<BuildFailure> obstacle =
                    building instanceof IndexBuilding.Built ? mayNotStay(place, input) : Optional.empty();
            if (obstacle.isPresent()) {
                folder.giveUp(room);
                return obstacle;
            }
        } catch (IOException | RuntimeException | Error e) {
            folder.giveUp(room);
            throw e;
        }
        return switch (building) {
            case IndexBuilding.Built _ ->
                folder.keep(buildId, place, room)
                        ? Optional.empty()
                        : Optional.of(BuildFailure.thisTime("there is no room for what it needs"));
            case IndexBuilding.Empty _ -> notKept(room, "nothing is known of any code");
            case IndexBuilding.TooLarge(String detail) -> notKept(room, detail);
        };
    }

    private Optional<BuildFailure> notKept(long room, String reason) {
        folder.giveUp(room);
        return Optional.of(BuildFailure.forGood(reason));
    }

    /// An index outlives the full disk that has left its sections out.
    private Optional<BuildFailure> mayNotStay(Path place, IndexInput input) throws IOException {
        if (input.scratch().hasRefused()) {
            Files.deleteIfExists(place);
            return Optional.of(BuildFailure.thisTime("there is no disk space for its sections after decompression"));
        }
        return folder.keepInputs(place, input.searchedPaths())
                ? Optional.empty()
                : Optional.of(BuildFailure.thisTime("it depends on too many files"));
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

    private void notBuilt(Path place, BuildFailure why) {
        failed.put(place, why);
        notBuilt.increment();
    }

    private IndexBuilder builder(BuildId buildId, IndexInput input, long room) {
        IndexSettings bounded = settings.writing(Math.min(settings.fileBytes(), WRITTEN * room));
        IndexBuilder builder = new IndexBuilder(new IndexOrigin(buildId, TOOL), bounded);
        input.files().addTo(builder);
        return builder;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        underWay.values().forEach(end -> end.complete(null));
    }
}
