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

/// The damaged files that were dropped since the start: the last one of each build-id and kind, until another
/// file comes in its place, and how many there were. Takes about 1 MB at most. Thread-safe.
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

    /// Has `listener` told of each damage, and no other listener.
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

    /// Forgets a damage: there is another file, or none is wanted.
    void forget(ArtifactKey key) {
        latest.invalidate(key);
    }

    /// Returns the files of a build-id that are missing for that, by kind in their order.
    public List<Damage> of(BuildId buildId) {
        return Arrays.stream(ArtifactKind.values())
                .flatMap(kind -> Optional.ofNullable(latest.getIfPresent(new ArtifactKey(buildId, kind))).stream())
                .toList();
    }

    /// Returns how many there were since the start.
    public long count(Noticed noticed) {
        LongAdder counter = counts.get(noticed);
        return counter == null ? 0 : counter.sum();
    }
}
