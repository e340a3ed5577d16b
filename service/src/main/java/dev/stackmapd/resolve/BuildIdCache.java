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

/// Build-ids of files of this host, read once for every state of a file (XLT-30). For any number of threads.
///
/// Forgets what was used least when the budget is reached. That a file has none is forgotten soon; that a file could
/// not be read is never kept. Nothing is read under a lock (XLT-31): two threads that meet a new file at once both read
/// it.
public final class BuildIdCache {
    /// Heap of an entry, without the name and the text of a reason.
    private static final int ENTRY_BYTES = 500;

    private static final int SEGMENT_BYTES = 96;

    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Cache<Key, Resolution> cache;
    private final InstantSource clock;

    /// @param name as the maps text has it: an overlay on subvolumes of one btrfs gives files of all of them one
    ///     device and the same inodes, and nothing but size and times would tell those apart
    private record Key(FileIdentity file, PathName name, BuildIdProfile profile) {}

    /// @param maxBytes heap to use at most, roughly
    /// @param missingLife how long it is remembered that a file has no build-id
    public BuildIdCache(long maxBytes, Duration missingLife) {
        this(maxBytes, missingLife, Ticker.systemTicker(), InstantSource.system());
    }

    /// @param ticker for lives
    /// @param clock to compare with the times of files
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

    /// Hits, misses and evictions since the start.
    public CacheStats stats() {
        return cache.stats();
    }

    /// @param pinned a regular file, which `identity` was just read from
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

    /// About what it takes to remember an answer.
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
