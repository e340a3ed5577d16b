package dev.stackmapd.artifact.disk;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares all files of a store with their digests, one after the other in the background, so that
/// damage is noticed also in files that are not read. A file whose digest differs is dropped.
///
/// A file is due one period after its last verification. That time is in its record, so that a restarted
/// process continues where the former one has stopped. The disk is read at a bounded rate, past the page
/// cache. [EvictableFiles] are verified once per period.
public final class Scrub implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);

    /// The number of due files per pass over the catalog.
    private static final int AT_ONCE = 1_000;

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final ArtifactStore store;
    private final Settings settings;
    private final ReadRateLimiter limiter;
    private final LongAdder bytes = new LongAdder();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("artifact-scrub").unstarted(this::run);
    private Instant evictableVerified;

    /// The period and the rate of the scrub.
    ///
    /// @param period between two comparisons of one file
    /// @param bytesPerSecond that are read, at most
    public record Settings(Duration period, long bytesPerSecond) {
        public Settings {
            requireNonNull(period, "period");
            if (!period.isPositive() || bytesPerSecond < 1) {
                throw new IllegalArgumentException("%s, %d bytes a second".formatted(period, bytesPerSecond));
            }
        }
    }

    /// Creates the scrub; [#start] starts it.
    public Scrub(ArtifactStore store, Settings settings) {
        this(store, settings, new ReadRateLimiter(settings.bytesPerSecond(), Thread::sleep));
    }

    Scrub(ArtifactStore store, Settings settings, ReadRateLimiter limiter) {
        this.store = store;
        this.settings = settings;
        this.limiter = limiter;
        this.evictableVerified = store.now();
    }

    /// Starts the thread, which runs until [#close].
    public void start() {
        thread.start();
    }

    /// Returns the bytes of the store's files that were compared since the start.
    public long bytes() {
        return bytes.sum();
    }

    private void run() {
        try {
            while (true) {
                pass();
                Duration pause = settings.period().compareTo(LONGEST_PAUSE) < 0 ? settings.period() : LONGEST_PAUSE;
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            // The service stops.
        } catch (RuntimeException | Error e) {
            LOG.error("the scrub of stored files has ended", e);
        }
    }

    /// Verifies all files that are due now.
    void pass() throws InterruptedException {
        Instant now = store.now();
        List<CatalogEntry> due = store.catalog().dueBefore(now.minus(settings.period()), AT_ONCE);
        for (CatalogEntry entry : due) {
            check(entry);
        }
        if (Duration.between(evictableVerified, now).compareTo(settings.period()) >= 0) {
            evictableVerified = now;
            store.catalog().evictions().verifyEvictable(limiter);
        }
    }

    private void check(CatalogEntry entry) throws InterruptedException {
        try {
            store.catalog().scrub(entry, limiter, store.now());
            bytes.add(entry.artifact().size());
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LOG.warn(
                    "the {} file of {} could not be compared with its digest",
                    kind(entry),
                    entry.artifact().buildId(),
                    e);
        }
    }

    private static String kind(CatalogEntry entry) {
        return entry.artifact().kind().text();
    }

    /// Interrupts the thread and waits until it has ended.
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
