package dev.stackmapd.resolve;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.stack.Frame;
import java.time.Duration;
import java.util.Optional;

/// What the last look-ups of mapped files came to, so that batches that follow one another ask no file system
/// again, and do not wait for one. An answer counts for some seconds, as long as stacks are under way before
/// they come; a file that changes in place within them is taken for what it was. Thread-safe.
public final class ResolutionCache {
    private final Cache<Key, Resolution> answers;

    private record Key(int pid, MappedFile file, BuildIdProfile profile) {}

    /// @param maxBytes heap to use at most, roughly
    /// @param life of an answer
    /// @param unreadableLife of the answer that a file could not be read
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

    /// The answer for a file of a process; empty where there is none that still counts.
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
