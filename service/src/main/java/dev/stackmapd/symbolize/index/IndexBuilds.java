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

/// Builds indexes in the background on a single thread, so that only one build uses memory at a time. A
/// build-id is queued or built at most once at a time. Thread-safe.
public final class IndexBuilds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexBuilds.class);
    private static final int MAX_WAITING = 1_000;
    /// Maximum number of queued and running builds for which a query still waits.
    private static final int WORTH_WAITING_FOR = 3;
    private static final Duration NOT_AGAIN_FOR = Duration.ofMinutes(10);
    private static final Duration NEVER_AGAIN = Duration.ofDays(36_500);
    private static final int MAX_REASON_CHARACTERS = 1 << 22;
    private static final int REASON_CHARACTERS = 400;
    private static final long SMALL_INDEX_BYTES = 1 << 16;
    /// A build that writes more than this multiple of the expected index size, including temporary
    /// files, is aborted: a few bytes of hostile debug information can describe a very large amount of
    /// code.
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

    /// The reason why no index was built.
    ///
    /// @param life how long the build is not tried again
    private record BuildFailure(String reason, Duration life) {
        /// Returns a permanent failure: a build of the same files would fail again.
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

    /// Returns why no index was built at a path, which identifies a set of files; empty if there was no
    /// attempt, or the build may be tried again.
    public String refusal(Path place) {
        BuildFailure why = failed.getIfPresent(place);
        return why == null ? "" : why.reason;
    }

    /// Enqueues the build of an index, unless it is queued already, the queue is full, or it has failed
    /// recently.
    ///
    /// @param input called on the building thread, which closes the result; empty if there is nothing to
    ///     index any more
    /// @param done called on the building thread when the index has been built
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
                        // `done` may find the index stale already, and request another build.
                        done.run();
                    }
                } finally {
                    end.complete(null);
                }
            });
        } catch (RejectedExecutionException e) {
            // The next load of the build-id, after it was removed from the cache, requests the build again.
            underWay.remove(key);
            end.complete(null);
        }
    }

    /// Returns a future that completes when the build of the binary's index ends. It is complete already
    /// if no build of it is queued, or if more than [#WORTH_WAITING_FOR] builds are: then symbolizing
    /// from files is faster than waiting.
    public CompletableFuture<Void> end(BuildId buildId) {
        CompletableFuture<Void> end = underWay.get(buildId.unpadded());
        return end == null || underWay.size() > WORTH_WAITING_FOR ? CompletableFuture.completedFuture(null) : end;
    }

    /// Returns the number of indexes built since the start.
    public long built() {
        return built.sum();
    }

    /// Returns the number of failed builds since the start.
    public long notBuilt() {
        return notBuilt.sum();
    }

    /// Returns the number of indexes that were removed since the start because they were damaged on
    /// disk.
    public long damaged() {
        return folder.damaged();
    }

    /// Returns the number of queued and running builds.
    public int underWay() {
        return underWay.size();
    }

    /// Builds one index, and logs failures. Returns true if the index was built.
    private boolean build(BuildId buildId, Path place, Supplier<Optional<IndexInput>> input) {
        try {
            Optional<IndexInput> given = input.get();
            return given.isPresent() && build(buildId, place, given.get());
        } catch (IOException | RuntimeException | InternalError | OutOfMemoryError e) {
            // Out of memory: the tables of the build are garbage now, and the build must not be repeated.
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

    /// Writes an index; returns the failure, or empty if the index was built.
    private Optional<BuildFailure> write(BuildId buildId, Path place, IndexInput input) throws IOException {
        long room = roomFor(input);
        if (!folder.take(room)) {
            return Optional.of(BuildFailure.thisTime("the artifact store has no space for " + room + " bytes"));
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
                        : Optional.of(BuildFailure.thisTime("the artifact store has no space for the index"));
            case IndexBuilding.Empty _ -> notKept(room, "the files describe no code");
            case IndexBuilding.TooLarge(String detail) -> notKept(room, detail);
        };
    }

    private Optional<BuildFailure> notKept(long room, String reason) {
        folder.giveUp(room);
        return Optional.of(BuildFailure.forGood(reason));
    }

    /// Returns why a written index must not be kept: sections that were left out because the disk was
    /// full would be missing permanently.
    private Optional<BuildFailure> mayNotStay(Path place, IndexInput input) throws IOException {
        if (input.scratch().hasRefused()) {
            Files.deleteIfExists(place);
            return Optional.of(BuildFailure.thisTime("there is no disk space for its sections after decompression"));
        }
        return folder.keepInputs(place, input.searchedPaths())
                ? Optional.empty()
                : Optional.of(BuildFailure.thisTime("it depends on too many files"));
    }

    /// Returns the bytes to reserve for an index and its temporary files: twice the size of the input
    /// files, which contain more than names and lines unless they are small or compressed.
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
