package dev.stackmapd.resolve;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.stack.Frame;
import java.time.Duration;
import java.util.Optional;

/// Caches the resolutions of mapped files, so that consecutive batches of a process neither access nor
/// wait for a file system again. Entries expire after some seconds, which is about the time that stacks
/// are in transit anyway; a file that is modified in place within that time is treated as unchanged.
/// Thread-safe.
public final class ResolutionCache {
    private final Cache<Key, Resolution> answers;

    private record Key(int pid, MappedFile file, BuildIdProfile profile) {}

    /// @param maxBytes approximate maximum of the heap that entries take
    /// @param life how long a resolution is cached
    /// @param unreadableLife how long the result that a file could not be read is cached
    public ResolutionCache(long maxBytes, Duration life, Duration unreadableLife) {
        this(maxBytes, life, unreadableLife, Ticker.systemTicker());
    }

    ResolutionCache(long maxBytes, Duration life, Duration unreadableLife, Ticker ticker) {
        this.answers = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Key key, Resolution kept) ->
                        BuildIdCache.bytes(key.file().name(), kept))
                .expireAfter(Expiry.<Key, Resolution>writing((key, kept) -> unreadable(kept) ? unreadableLife : life))
                .ticker(ticker)
                .build();
    }

    /// Returns the cached resolution of a file of a process; empty if there is none or it has expired.
    Optional<Resolution> get(int pid, MappedFile file, BuildIdProfile profile) {
        return Optional.ofNullable(answers.getIfPresent(new Key(pid, file, profile)));
    }

    void put(int pid, MappedFile file, BuildIdProfile profile, Resolution answer) {
        answers.put(new Key(pid, file, profile), answer);
    }

    private static boolean unreadable(Resolution kept) {
        return kept instanceof Resolution.Missing missing && missing.reason() == Frame.Reason.UNREADABLE;
    }
}
