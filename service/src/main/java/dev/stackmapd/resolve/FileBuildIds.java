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
import dev.stackmapd.stack.Frame;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/// Build-ids of files of this host, read once for every state of a file (XLT-30). For any number of threads.
///
/// Forgets what was used least when the budget is reached. That a file has none is forgotten soon; that a file could
/// not be read is never kept. Nothing is read under a lock (XLT-31): two threads that meet a new file at once both read
/// it.
public final class FileBuildIds {
    /// File systems that make up contents while they are read: reading can have effects, or wait; and secret memory.
    private static final Set<Integer> NOT_STORAGE = Set.of(
            0x9fa0, // proc
            0x62656572, // sysfs
            0x62656570, // configfs
            0x64626720, // debugfs
            0x74726163, // tracefs
            0x73636673, // securityfs
            0x63677270, // cgroup2
            0xcafe4a11, // bpf
            0xde5e81e4, // efivarfs
            0x5345434d); // secretmem

    /// Heap of an entry, without the text of a reason.
    private static final int ENTRY_BYTES = 500;

    private static final int SEGMENT_BYTES = 96;

    /// Where a pinned file is opened; kept as long as this process runs.
    private static final RootDirectory OWN_FILES = new RootDirectory(Path.of("/proc/self/fd"));

    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Cache<Key, Resolution> cache;
    private final InstantSource clock;

    private record Key(FileIdentity file, BuildIdProfile profile) {}

    /// @param maxBytes heap to use at most, roughly
    /// @param missingLife how long it is remembered that a file has no build-id
    public FileBuildIds(long maxBytes, Duration missingLife) {
        this(maxBytes, missingLife, Ticker.systemTicker(), InstantSource.system());
    }

    /// @param ticker for lives
    /// @param clock to compare with the times of files
    FileBuildIds(long maxBytes, Duration missingLife, Ticker ticker, InstantSource clock) {
        this.clock = clock;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher(FileBuildIds::bytes)
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
    Resolution buildIdOf(FileCalls calls, int pinned, FileIdentity identity, BuildIdProfile profile) {
        Key key = new Key(identity, profile);
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
        int status = calls.fileSystemStatus(pinned);
        if (status < 0) {
            return unreadable(Errno.describe(-status));
        }
        if (NOT_STORAGE.contains(calls.fileSystem())) {
            return unreadable("a file system that makes up its contents");
        }
        int ownFiles = OWN_FILES.pin(calls);
        int descriptor = ownFiles < 0 ? ownFiles : calls.open(ownFiles, pinned);
        if (descriptor < 0) {
            return unreadable(Errno.describe(-descriptor));
        }
        try (OpenFile file = new OpenFile(calls, descriptor, size)) {
            return Resolution.of(new BuildIdReader(profile, ParseLimits.DEFAULT).read(file), file);
        } catch (IOException e) {
            return unreadable("while reading: " + e.getMessage());
        }
    }

    private static int bytes(Key key, Resolution kept) {
        return switch (kept) {
            case Resolution.Found found -> ENTRY_BYTES + layoutBytes(found.layout());
            case Resolution.Missing missing -> ENTRY_BYTES + missing.detail().length();
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

    private static Resolution unreadable(String detail) {
        return new Resolution.Missing(Frame.Reason.UNREADABLE, detail);
    }
}
