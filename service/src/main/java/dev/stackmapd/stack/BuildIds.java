package dev.stackmapd.stack;

import dev.stackmapd.elfcore.elf.BuildId;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Numbers build-ids in the order in which they are first seen, so that a packed frame can hold a number instead.
///
/// Numbers mean something only inside this process and are never given back: a build-id that was ever part of a
/// stack stays. Bounded by [#capacity]; the ids cost about 150 bytes each. Thread-safe; reads take no lock.
public final class BuildIds {
    private static final int SEGMENT = 1 << 12;

    private final int capacity;
    private final ConcurrentHashMap<BuildId, Integer> ordinals = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<BuildId[]> segments;
    private int next; // guarded by this

    /// @param capacity how many build-ids there may ever be, 1 to 2^30
    public BuildIds(int capacity) {
        if (capacity < 1 || capacity > 1 << 30) {
            throw new IllegalArgumentException("capacity must be 1 to 2^30, was " + capacity);
        }
        this.capacity = capacity;
        this.segments = new AtomicReferenceArray<>((capacity + SEGMENT - 1) / SEGMENT);
    }

    /// The number of a build-id, a new one where it was never seen; empty when it is new and there is no room.
    public OptionalInt ordinalOf(BuildId buildId) {
        Integer known = ordinals.get(buildId);
        return known != null ? OptionalInt.of(known) : add(buildId);
    }

    /// @param ordinal one that [#ordinalOf] gave
    public BuildId get(int ordinal) {
        BuildId[] segment = segments.getAcquire(ordinal / SEGMENT);
        if (segment == null) {
            throw new IllegalArgumentException("no build-id has the number " + ordinal);
        }
        return segment[ordinal % SEGMENT];
    }

    public int capacity() {
        return capacity;
    }

    public int size() {
        return ordinals.size();
    }

    private synchronized OptionalInt add(BuildId buildId) {
        Integer known = ordinals.get(buildId);
        if (known != null) {
            return OptionalInt.of(known);
        }
        if (next == capacity) {
            return OptionalInt.empty();
        }
        int ordinal = next++;
        BuildId[] segment = segments.getPlain(ordinal / SEGMENT);
        if (segment == null) {
            segment = new BuildId[SEGMENT];
        }
        segment[ordinal % SEGMENT] = buildId;
        segments.setRelease(ordinal / SEGMENT, segment);
        ordinals.put(buildId, ordinal);
        return OptionalInt.of(ordinal);
    }
}
