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

/// What the symbolizer remembers, all under one budget of bytes: open binaries, answers, and that there is no binary.
/// Whatever is asked for more often pushes the rest out, whichever of the three it is. Thread-safe.
///
/// An open binary is made by one caller while others that ask for the same wait.
public final class SymbolCache {
    /// Heap of an entry beside its value.
    private static final int ENTRY_BYTES = 200;
    /// Heap of a frame beside the characters of its texts.
    private static final int FRAME_BYTES = 200;
    /// Heap of a part that lacks, beside the characters of its name.
    private static final int PART_BYTES = 110;
    /// Heap of a broken binary, and of its build-id, beside the characters of the reason.
    private static final int BAD_BYTES = 110;

    private final SymbolizerLimits limits;
    private final Cache<Key, Value> cache;
    private final Map<Kind, LongAdder> hits = counters();
    private final Map<Kind, LongAdder> misses = counters();
    private final Map<RemovalCause, Map<Kind, LongAdder>> removals = new EnumMap<>(RemovalCause.class);

    /// What an entry is.
    public enum Kind {
        /// An index or files, open.
        BINARY,
        /// The frames at one address of an open binary.
        ANSWER,
        /// No binary, or a broken one.
        NEGATIVE
    }

    private sealed interface Key {
        /// @param buildId as it was asked for: where no file of it is here, upstreams are asked for this very
        ///     form
        record OfBinary(BuildId buildId) implements Key {}

        /// @param generation of the open binary: another opening has other answers
        record OfAnswer(long generation, long address) implements Key {}
    }

    sealed interface Value permits Loaded, Answer {}

    private record Answer(SourceFrames frames) implements Value {}

    /// @param ticker for the lives of entries
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

    private static Map<Kind, LongAdder> counters() {
        Map<Kind, LongAdder> counters = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            counters.put(kind, new LongAdder());
        }
        return counters;
    }

    /// Returns what is remembered of a build-id, or what is loaded now. The names of an open binary can be used
    /// until the caller calls [Loaded.Ready#leave], even where the cache has no place for the binary and drops it
    /// at once.
    Loaded binary(BuildId buildId, Function<BuildId, Loaded> load) {
        while (true) {
            boolean[] missed = {false};
            Loaded loaded = (Loaded) cache.get(new Key.OfBinary(buildId), key -> {
                missed[0] = true;
                return entered(load.apply(buildId));
            });
            count(missed[0] ? misses : hits, kind(loaded));
            if (missed[0] || !(loaded instanceof Loaded.Ready ready) || ready.enter()) {
                return loaded;
            }
            forget(buildId, ready);
        }
    }

    private static Loaded entered(Loaded fresh) {
        if (fresh instanceof Loaded.Ready ready && !ready.enter()) {
            throw new IllegalStateException("a binary was closed before it could be used");
        }
        return fresh;
    }

    /// Forgets a build-id if this is still what is remembered.
    void forget(BuildId buildId, Loaded loaded) {
        cache.asMap().remove(new Key.OfBinary(buildId), loaded);
    }

    /// Forgets whatever is remembered of a build-id itself, in any of its forms.
    void forget(BuildId buildId) {
        buildId.forms().forEach(form -> cache.asMap().remove(new Key.OfBinary(form)));
    }

    /// Forgets every build-id that the predicate says so of.
    void forget(BiPredicate<BuildId, Loaded> stale) {
        cache.asMap()
                .entrySet()
                .removeIf(entry -> entry.getKey() instanceof Key.OfBinary(BuildId buildId)
                        && entry.getValue() instanceof Loaded loaded
                        && stale.test(buildId, loaded));
    }

    /// The answer that is remembered of an open binary.
    Optional<SourceFrames> answer(Loaded.Ready binary, long address) {
        Answer known = (Answer) cache.getIfPresent(new Key.OfAnswer(binary.generation(), address));
        count(known == null ? misses : hits, Kind.ANSWER);
        return Optional.ofNullable(known).map(Answer::frames);
    }

    void remember(Loaded.Ready binary, long address, SourceFrames frames) {
        cache.put(new Key.OfAnswer(binary.generation(), address), new Answer(frames));
    }

    /// Look-ups since the start that found an entry of the kind.
    public long hits(Kind kind) {
        return counted(hits, kind);
    }

    /// Look-ups since the start that found none, by what came of loading; answers are not loaded here.
    public long misses(Kind kind) {
        return counted(misses, kind);
    }

    /// Entries dropped since the start, by cause: `SIZE`, `EXPIRED`, or `EXPLICIT` where files have changed.
    public long removals(Kind kind, RemovalCause cause) {
        Map<Kind, LongAdder> byKind = removals.get(cause);
        return byKind == null ? 0 : counted(byKind, kind);
    }

    /// Heap that the entries take, roughly.
    public long bytes() {
        return cache.policy()
                .eviction()
                .map(Policy.Eviction::weightedSize)
                .flatMap(size -> size.isPresent() ? Optional.of(size.getAsLong()) : Optional.empty())
                .orElse(0L);
    }

    private static void count(Map<Kind, LongAdder> counters, Kind kind) {
        LongAdder counter = counters.get(kind);
        if (counter != null) {
            counter.increment();
        }
    }

    private static long counted(Map<Kind, LongAdder> counters, Kind kind) {
        LongAdder counter = counters.get(kind);
        return counter == null ? 0 : counter.sum();
    }

    private void dropped(@Nullable Value value, RemovalCause cause) {
        if (value instanceof Loaded.Ready ready) {
            ready.leave();
        }
        Map<Kind, LongAdder> byKind = removals.get(cause);
        if (value != null && byKind != null) {
            count(byKind, kind(value));
        }
    }

    private static Kind kind(Value value) {
        return switch (value) {
            case Loaded.Ready ready -> Kind.BINARY;
            case Answer answer -> Kind.ANSWER;
            case Loaded.Absent absent -> Kind.NEGATIVE;
            case Loaded.Bad bad -> Kind.NEGATIVE;
        };
    }

    private Duration life(Value value) {
        return switch (value) {
            case Loaded.Ready ready -> limits.held();
            case Answer answer -> limits.held();
            case Loaded.Absent absent -> limits.absent();
            case Loaded.Bad bad -> limits.bad();
        };
    }

    /// A binary counts half of the budget at most: one that could not stay would be opened anew for each frame.
    private int weight(Value value) {
        return (int) Math.min(Math.min(heapBytes(value), limits.cacheBytes() / 2) + ENTRY_BYTES, Integer.MAX_VALUE);
    }

    private static long heapBytes(Value value) {
        return switch (value) {
            case Loaded.Ready ready -> ready.heapBytes();
            case Answer(SourceFrames frames) -> heapBytes(frames);
            case Loaded.Absent absent -> 0;
            case Loaded.Bad bad -> BAD_BYTES + bad.detail().length();
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
