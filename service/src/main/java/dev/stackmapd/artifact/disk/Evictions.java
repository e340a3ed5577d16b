package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.BuildId;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;

/// The files that may be evicted when space is needed, inside and outside the catalog, and their order.
/// Thread-safe.
///
/// Parked uploads and scratch space are first, then evictable files and stored files by their rank
/// ([EvictionPolicy#rank]) and last use, then stored files of binaries that were seen in stacks lately.
final class Evictions {
    private static final int BEFORE_ALL = -1;

    /// Added to the rank of files that are evicted last; larger than any rank of an [EvictionPolicy].
    private static final int SEEN = 10;

    private final StoreLimits limits;
    private final InstantSource clock;
    private final List<EvictableFiles> evictable = new CopyOnWriteArrayList<>();
    private final AtomicLong evictedSeen = new AtomicLong();
    private final AtomicLong evictedOthers = new AtomicLong();
    private volatile EvictableFiles firstToGo = List::of;
    private volatile Function<BuildId, Optional<Instant>> lastSeen = buildId -> Optional.empty();

    Evictions(StoreLimits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /// @param rank candidates of a lower rank are evicted first
    record Candidate(int rank, Instant used, long bytes, Eviction eviction) {}

    interface Eviction {
        void run() throws IOException;
    }

    /// Evicts a stored file from the catalog.
    interface StoredFileEviction {
        /// @param evicted incremented if the file has no reader and was evicted
        void evict(ArtifactKey key, CatalogEntry entry, AtomicLong evicted) throws IOException;
    }

    /// Adds files outside the catalog.
    void join(EvictableFiles files) {
        evictable.add(files);
    }

    /// Sets the files that are evicted before all others.
    void goFirst(EvictableFiles files) {
        firstToGo = files;
    }

    /// Sets the function by which files of binaries that were seen in stacks lately are evicted last.
    void seenBy(Function<BuildId, Optional<Instant>> lastSeen) {
        this.lastSeen = lastSeen;
    }

    /// Lets all [EvictableFiles] verify their files.
    void verifyEvictable(ReadRateLimiter limiter) throws InterruptedException {
        for (EvictableFiles files : evictable) {
            files.check(limiter);
        }
    }

    /// Returns the time of the store's clock.
    Instant now() {
        return clock.instant();
    }

    /// Returns true if the binary was seen lately, by either of its ids.
    boolean isSeen(HeldArtifact artifact, Instant now) {
        return Stream.of(artifact.buildId(), artifact.htlhash())
                .flatMap(id -> lastSeen.apply(id).stream())
                .anyMatch(now.minus(ArtifactStore.RECENTLY)::isBefore);
    }

    /// Returns the files evicted since the store was opened, of binaries that had not been seen lately.
    long evictedOthers() {
        return evictedOthers.get();
    }

    /// Returns the files evicted since the store was opened, of binaries that had been seen lately.
    long evictedSeen() {
        return evictedSeen.get();
    }

    /// Returns all files that may be evicted now, in their order.
    ///
    /// @param stored the files of the catalog, whose changes wait
    List<Candidate> candidates(
            EvictionPolicy policy, Map<ArtifactKey, CatalogEntry> stored, StoredFileEviction storedEviction) {
        List<Candidate> candidates = new ArrayList<>();
        for (EvictableFiles.EvictableFile file : firstToGo.candidates()) {
            candidates.add(new Candidate(BEFORE_ALL, file.used(), file.bytes(), file::evict));
        }
        for (EvictableFiles files : evictable) {
            for (EvictableFiles.EvictableFile file : files.candidates()) {
                candidates.add(new Candidate(0, file.used(), file.bytes(), file::evict));
            }
        }
        Instant now = clock.instant();
        stored.forEach((key, entry) -> {
            if (entry.readers().isIdle()) {
                policy.rank(key, entry.replaceability(), limits.uploads())
                        .ifPresent(rank -> candidates.add(candidate(rank, key, entry, now, storedEviction)));
            }
        });
        candidates.sort(Comparator.comparingInt(Candidate::rank).thenComparing(Candidate::used));
        return candidates;
    }

    private Candidate candidate(
            int rank, ArtifactKey key, CatalogEntry entry, Instant now, StoredFileEviction storedEviction) {
        boolean seen = isSeen(entry.artifact(), now);
        AtomicLong evicted = seen ? evictedSeen : evictedOthers;
        return new Candidate(
                seen ? SEEN + rank : rank,
                entry.artifact().used(),
                entry.cost(),
                () -> storedEviction.evict(key, entry, evicted));
    }
}
