package dev.stackmapd.symbolize;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.lookup.SourceFrame;
import dev.stackmapd.elfcore.lookup.SourceFrames;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The cache of the symbolizer. Open binaries, frames of addresses, and negative results share one
/// budget of bytes; the least used entries of all three types are evicted. Thread-safe.
///
/// A binary is opened by one caller, while concurrent callers for the same build-id block.
public final class SymbolCache {
    /// Heap of an entry without its value.
    private static final int ENTRY_BYTES = 200;
    /// Heap of a frame without the characters of its texts.
    private static final int FRAME_BYTES = 200;
    /// Heap of a missing part without the characters of its name.
    private static final int PART_BYTES = 110;
    /// Heap of a malformed binary and its build-id, without the characters of the reason.
    private static final int BAD_BYTES = 110;

    private final SymbolizerLimits limits;
    private final Cache<Key, Value> cache;
    private final Map<EntryType, LongAdder> hits = counters();
    private final Map<EntryType, LongAdder> misses = counters();
    private final Map<RemovalCause, Map<EntryType, LongAdder>> removals = new EnumMap<>(RemovalCause.class);

    /// The type of an entry.
    public enum EntryType {
        /// An open binary.
        BINARY,
        /// The frames at one address of an open binary.
        ANSWER,
        /// The result that a binary is absent or malformed.
        NEGATIVE
    }

    private sealed interface Key {
        /// @param buildId in the form of the query: if no file is held, upstreams are asked for exactly
        ///     this form
        record OfBinary(BuildId buildId) implements Key {}

        /// @param generation of the open binary: another opening has other results
        record OfAnswer(long generation, long address) implements Key {}
    }

    sealed interface Value permits LoadResult, CachedFrames {}

    private record CachedFrames(SourceFrames frames) implements Value {}

    /// @param ticker for the expiry of entries
    SymbolCache(SymbolizerLimits limits, Ticker ticker) {
        this.limits = limits;
        for (RemovalCause cause : RemovalCause.values()) {
            removals.put(cause, counters());
        }
        this.cache = Caffeine.newBuilder()
                .maximumWeight(limits.cacheBytes())
                .<Key, Value>weigher((key, value) -> weight(value))
                .expireAfter(Expiry.<Key, Value>writing((key, value) -> life(value)))
                .ticker(ticker)
                .executor(Runnable::run)
                .removalListener((key, value, cause) -> dropped(value, cause))
                .build();
    }

    private static Map<EntryType, LongAdder> counters() {
        Map<EntryType, LongAdder> counters = new EnumMap<>(EntryType.class);
        for (EntryType type : EntryType.values()) {
            counters.put(type, new LongAdder());
        }
        return counters;
    }

    /// Returns the cached result of a build-id, or loads it. For an open binary, the caller holds a
    /// reference until it calls [OpenBinary#leave], even if the cache evicts the binary immediately.
    LoadResult binary(BuildId buildId, Function<BuildId, LoadResult> load) {
        while (true) {
            boolean[] missed = {false};
            LoadResult loaded = (LoadResult) cache.get(new Key.OfBinary(buildId), key -> {
                missed[0] = true;
                return entered(load.apply(buildId));
            });
            count(missed[0] ? misses : hits, typeOf(loaded));
            if (missed[0] || !(loaded instanceof OpenBinary ready) || ready.enter()) {
                return loaded;
            }
            forget(buildId, ready);
        }
    }

    private static LoadResult entered(LoadResult fresh) {
        if (fresh instanceof OpenBinary ready && !ready.enter()) {
            throw new IllegalStateException("a binary was closed before it could be used");
        }
        return fresh;
    }

    /// Removes the result of a build-id if it is still `loaded`.
    void forget(BuildId buildId, LoadResult loaded) {
        cache.asMap().remove(new Key.OfBinary(buildId), loaded);
    }

    /// Removes the result of a build-id, in all forms of the build-id.
    void forget(BuildId buildId) {
        buildId.forms().forEach(form -> cache.asMap().remove(new Key.OfBinary(form)));
    }

    /// Removes every result for which the predicate is true.
    void forget(BiPredicate<BuildId, LoadResult> stale) {
        cache.asMap()
                .entrySet()
                .removeIf(entry -> entry.getKey() instanceof Key.OfBinary(BuildId buildId)
                        && entry.getValue() instanceof LoadResult loaded
                        && stale.test(buildId, loaded));
    }

    /// Returns the cached frames of an address in an open binary.
    Optional<SourceFrames> answer(OpenBinary binary, long address) {
        CachedFrames known = (CachedFrames) cache.getIfPresent(new Key.OfAnswer(binary.generation(), address));
        count(known == null ? misses : hits, EntryType.ANSWER);
        return Optional.ofNullable(known).map(CachedFrames::frames);
    }

    void remember(OpenBinary binary, long address, SourceFrames frames) {
        cache.put(new Key.OfAnswer(binary.generation(), address), new CachedFrames(frames));
    }

    /// Returns the number of look-ups since the start that found an entry of the type.
    public long hits(EntryType type) {
        return counted(hits, type);
    }

    /// Returns the number of look-ups since the start that found no entry, by the type of the loaded
    /// result. Frames are not loaded by this class.
    public long misses(EntryType type) {
        return counted(misses, type);
    }

    /// Returns the number of removed entries since the start, by cause: `SIZE`, `EXPIRED`, or `EXPLICIT`
    /// if files have changed.
    public long removals(EntryType type, RemovalCause cause) {
        Map<EntryType, LongAdder> byType = removals.get(cause);
        return byType == null ? 0 : counted(byType, type);
    }

    /// Returns the approximate heap that entries take.
    public long bytes() {
        return cache.policy()
                .eviction()
                .map(Policy.Eviction::weightedSize)
                .flatMap(size -> size.isPresent() ? Optional.of(size.getAsLong()) : Optional.empty())
                .orElse(0L);
    }

    private static void count(Map<EntryType, LongAdder> counters, EntryType type) {
        LongAdder counter = counters.get(type);
        if (counter != null) {
            counter.increment();
        }
    }

    private static long counted(Map<EntryType, LongAdder> counters, EntryType type) {
        LongAdder counter = counters.get(type);
        return counter == null ? 0 : counter.sum();
    }

    private void dropped(@Nullable Value value, RemovalCause cause) {
        if (value instanceof OpenBinary ready) {
            ready.drop();
        }
        Map<EntryType, LongAdder> byType = removals.get(cause);
        if (value != null && byType != null) {
            count(byType, typeOf(value));
        }
    }

    private static EntryType typeOf(Value value) {
        return switch (value) {
            case OpenBinary ready -> EntryType.BINARY;
            case CachedFrames answer -> EntryType.ANSWER;
            case LoadResult.Absent absent -> EntryType.NEGATIVE;
            case LoadResult.Broken bad -> EntryType.NEGATIVE;
        };
    }

    private Duration life(Value value) {
        return switch (value) {
            case OpenBinary ready -> limits.held();
            case CachedFrames answer -> limits.held();
            case LoadResult.Absent absent -> limits.absent();
            case LoadResult.Broken bad -> limits.bad();
        };
    }

    /// Returns the weight of an entry. A binary is counted with at most half of the budget: one that
    /// exceeds the budget would be opened again for each frame.
    private int weight(Value value) {
        return (int) Math.min(Math.min(heapBytes(value), limits.cacheBytes() / 2) + ENTRY_BYTES, Integer.MAX_VALUE);
    }

    private static long heapBytes(Value value) {
        return switch (value) {
            case OpenBinary ready -> ready.heapBytes();
            case CachedFrames(SourceFrames frames) -> heapBytes(frames);
            case LoadResult.Absent absent -> 0;
            case LoadResult.Broken bad -> BAD_BYTES + bad.detail().length();
        };
    }

    private static long heapBytes(SourceFrames frames) {
        long bytes = 0;
        for (LackingPart part : frames.lacking()) {
            bytes += PART_BYTES + part.name().length();
        }
        for (SourceFrame frame : frames.frames()) {
            bytes += FRAME_BYTES + frame.rawName().length() + frame.file().length();
        }
        return bytes;
    }
}
