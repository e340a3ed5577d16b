package dev.stackmapd.artifact.disk;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stackmapd.artifact.disk.Conflict.Source;
import dev.stackmapd.elfcore.elf.BuildId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// The conflicts since the start: the latest ones of each build-id, and counters. Uses about 4 MB at
/// most. Thread-safe.
public final class Conflicts {
    private static final int MAX_BUILD_IDS = 1_000;
    private static final int MAX_PER_BUILD_ID = 8;

    /// By build-id in the form that look-ups compare ([BuildId#unpadded]).
    private final Cache<BuildId, List<Conflict>> byBuildId =
            Caffeine.newBuilder().maximumSize(MAX_BUILD_IDS).build();
    private final Map<Source, LongAdder> counts = new EnumMap<>(Source.class);

    Conflicts() {
        for (Source source : Source.values()) {
            counts.put(source, new LongAdder());
        }
    }

    /// Records a conflict of a file that was rejected or replaced just now.
    public void happened(BuildId buildId, Conflict conflict) {
        byBuildId.asMap().merge(buildId.unpadded(), List.of(conflict), (known, added) -> with(known, conflict));
        count(conflict);
    }

    /// Records a conflict of a stored but unused file, unless it was recorded before.
    public void stands(BuildId buildId, Conflict conflict) {
        if (of(buildId).stream().noneMatch(conflict::isSame)) {
            happened(buildId, conflict);
        }
    }

    /// Returns the latest conflicts of a build-id, newest first.
    public List<Conflict> of(BuildId buildId) {
        List<Conflict> known = byBuildId.getIfPresent(buildId.unpadded());
        return known == null ? List.of() : known;
    }

    /// Removes the conflicts of a build-id after an intended change of its files. Remaining ones are
    /// noticed again.
    public void forget(BuildId buildId) {
        byBuildId.invalidate(buildId.unpadded());
    }

    /// Returns the number since the start.
    public long count(Source source) {
        LongAdder counter = counts.get(source);
        return counter == null ? 0 : counter.sum();
    }

    private void count(Conflict conflict) {
        LongAdder counter = counts.get(conflict.source());
        if (counter != null) {
            counter.increment();
        }
    }

    private static List<Conflict> with(List<Conflict> known, Conflict latest) {
        List<Conflict> all = new ArrayList<>(known.size() + 1);
        all.add(latest);
        known.stream().filter(other -> !other.isSame(latest)).forEach(all::add);
        return List.copyOf(all.subList(0, Math.min(all.size(), MAX_PER_BUILD_ID)));
    }
}
