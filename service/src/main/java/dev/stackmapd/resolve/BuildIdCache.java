package dev.stackmapd.resolve;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.elfcore.elf.BuildIdReader;
import dev.stackmapd.elfcore.elf.Layout;
import dev.stackmapd.resolve.linux.FileCalls;
import dev.stackmapd.resolve.linux.FileIdentity;
import dev.stackmapd.resolve.linux.OpenFile;
import dev.stackmapd.resolve.linux.PathName;
import dev.stackmapd.resolve.linux.StorageFile;
import dev.stackmapd.stack.Frame;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;

/// Caches the build-ids of files of this host; a file is read once for each of its states (XLT-30).
/// Thread-safe.
///
/// Rarely used entries are evicted when the budget is reached. The result that a file has no build-id
/// expires soon; the result that a file could not be read is not cached. Nothing is read under a lock
/// (XLT-31): two threads that look up a new file at once both read it.
public final class BuildIdCache {
    /// Heap of an entry, without its name and the text of a reason.
    private static final int ENTRY_BYTES = 500;

    private static final int SEGMENT_BYTES = 96;

    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Cache<Key, Resolution> cache;
    private final InstantSource clock;

    /// @param name as in the maps text: an overlay on subvolumes of one btrfs gives the files of all
    ///     subvolumes the same device and inodes, so that only size and times would distinguish them
    private record Key(FileIdentity file, PathName name, BuildIdProfile profile) {}

    /// @param maxBytes approximate maximum of the heap that entries take
    /// @param missingLife how long the result that a file has no build-id is cached
    public BuildIdCache(long maxBytes, Duration missingLife) {
        this(maxBytes, missingLife, Ticker.systemTicker(), InstantSource.system());
    }

    /// @param ticker for the expiry of entries
    /// @param clock for comparison with the times of files
    BuildIdCache(long maxBytes, Duration missingLife, Ticker ticker, InstantSource clock) {
        this.clock = clock;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Key key, Resolution kept) -> bytes(key.name(), kept))
                .expireAfter(Expiry.<Key, Resolution>writing(
                        (key, kept) -> kept instanceof Resolution.Found ? FOR_EVER : missingLife))
                .ticker(ticker)
                .recordStats()
                .build();
    }

    /// Returns hits, misses and evictions since the start.
    public CacheStats stats() {
        return cache.stats();
    }

    /// Returns the cached resolution of a file, or reads the file.
    ///
    /// @param pinned a regular file, whose `identity` was just read
    /// @param name of its mapping
    Resolution buildIdOf(FileCalls calls, int pinned, FileIdentity identity, PathName name, BuildIdProfile profile) {
        Key key = new Key(identity, name, profile);
        Resolution known = cache.getIfPresent(key);
        if (known != null) {
            return known;
        }
        Resolution read = read(calls, pinned, identity.size(), profile);
        if (identity.settled(clock.instant()) && !unreadable(read)) {
            cache.put(key, read);
        }
        return read;
    }

    private static Resolution read(FileCalls calls, int pinned, long size, BuildIdProfile profile) {
        int descriptor = StorageFile.open(calls, pinned);
        if (descriptor < 0) {
            return new Resolution.Missing(Frame.Reason.UNREADABLE, StorageFile.refusal(descriptor));
        }
        try (OpenFile file = new OpenFile(calls, descriptor, size)) {
            return Resolution.of(new BuildIdReader(profile, ParseLimits.DEFAULT).read(file), file);
        } catch (IOException e) {
            return new Resolution.Missing(Frame.Reason.UNREADABLE, "while reading: " + e.getMessage());
        }
    }

    /// Returns the approximate heap of a cached resolution.
    static int bytes(PathName name, Resolution kept) {
        return switch (kept) {
            case Resolution.Found found -> ENTRY_BYTES + name.length() + layoutBytes(found.layout());
            case Resolution.Missing missing ->
                ENTRY_BYTES + name.length() + missing.detail().length();
        };
    }

    private static int layoutBytes(Layout layout) {
        return switch (layout) {
            case Layout.Linked linked -> SEGMENT_BYTES * linked.segments().size();
            case Layout.Relocatable relocatable -> 0;
        };
    }

    private static boolean unreadable(Resolution read) {
        return read instanceof Resolution.Missing missing && missing.reason() == Frame.Reason.UNREADABLE;
    }
}
