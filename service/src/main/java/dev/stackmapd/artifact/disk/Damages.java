package dev.stackmapd.artifact.disk;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stackmapd.artifact.disk.Damage.Noticed;
import dev.stackmapd.elfcore.elf.BuildId;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// The damaged files that were dropped since the start: the latest one of each build-id and kind, until
/// another file replaces it, and counters. Uses about 1 MB at most. Thread-safe.
public final class Damages {
    private static final int MAX_FILES = 1_000;

    private final Cache<ArtifactKey, Damage> latest =
            Caffeine.newBuilder().maximumSize(MAX_FILES).build();
    private final Map<Noticed, LongAdder> counts = new EnumMap<>(Noticed.class);
    private volatile Damage.Listener listener = Damage.Listener.NONE;

    Damages() {
        for (Noticed noticed : Noticed.values()) {
            counts.put(noticed, new LongAdder());
        }
    }

    /// Sets the listener, which replaces the former one.
    public void listen(Damage.Listener listener) {
        this.listener = listener;
    }

    void happened(Damage damage) {
        latest.put(damage.artifact().key(), damage);
        LongAdder counter = counts.get(damage.noticed());
        if (counter != null) {
            counter.increment();
        }
        listener.dropped(damage);
    }

    /// Removes a damage, after another file was stored or the key was removed.
    void forget(ArtifactKey key) {
        latest.invalidate(key);
    }

    /// Returns the dropped files of a build-id, in the order of [ArtifactKind].
    public List<Damage> of(BuildId buildId) {
        return Arrays.stream(ArtifactKind.values())
                .flatMap(kind -> Optional.ofNullable(latest.getIfPresent(new ArtifactKey(buildId, kind))).stream())
                .toList();
    }

    /// Returns the number since the start.
    public long count(Noticed noticed) {
        LongAdder counter = counts.get(noticed);
        return counter == null ? 0 : counter.sum();
    }
}
