package dev.stackmapd.stack;

import dev.stackmapd.elfcore.elf.BuildId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Numbers build-ids, so that a packed frame can hold a number instead.
///
/// A batch takes numbers through a [Claim] and keeps them when its stacks are stored. A number that no batch
/// has kept is given back when the last claim on it is closed, so that refused batches leave nothing behind. A
/// kept number stays as long as the process runs and means something only inside it.
///
/// Bounded by [#capacity]; an id costs [#BYTES_PER_ID]. Thread-safe; reads, and claims of kept ids, take no lock.
public final class BuildIds {
    /// Heap of a build-id of 20 bytes and its number.
    public static final int BYTES_PER_ID = 200;

    private static final int SEGMENT = 1 << 12;

    private final int capacity;
    private final ConcurrentHashMap<BuildId, Numbered> numbers = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<BuildId[]> segments;
    private final Deque<Integer> free = new ArrayDeque<>(); // guarded by this
    private int next; // guarded by this

    /// @param capacity how many build-ids there may be at once, 1 to 2^30
    public BuildIds(int capacity) {
        if (capacity < 1 || capacity > 1 << 30) {
            throw new IllegalArgumentException("capacity must be 1 to 2^30, was " + capacity);
        }
        this.capacity = capacity;
        this.segments = new AtomicReferenceArray<>((capacity + SEGMENT - 1) / SEGMENT);
    }

    private static final class Numbered {
        private final BuildId buildId;
        private final int ordinal;
        private volatile boolean kept;
        private int claims; // guarded by the BuildIds

        Numbered(BuildId buildId, int ordinal) {
            this.buildId = buildId;
            this.ordinal = ordinal;
        }
    }

    /// The numbers that one batch uses. For one thread; to be closed when the batch has been taken or refused.
    public final class Claim implements AutoCloseable {
        private final List<Numbered> claimed = new ArrayList<>();

        private Claim() {}

        /// Returns the number of a build-id, a new one where it has none; empty where it has none and there is no room.
        /// The number is good until this claim is closed, and afterwards if any claim has kept it.
        public OptionalInt ordinalOf(BuildId buildId) {
            Numbered known = numbers.get(buildId);
            return known != null && known.kept ? OptionalInt.of(known.ordinal) : claim(buildId, claimed);
        }

        /// Makes every number that was claimed so far permanent.
        public void keep() {
            claimed.forEach(numbered -> numbered.kept = true);
            claimed.clear();
        }

        /// Gives back the numbers that no claim has kept and no other claim uses.
        @Override
        public void close() {
            giveBack(claimed);
            claimed.clear();
        }
    }

    /// Begins to number the build-ids of one batch.
    public Claim claim() {
        return new Claim();
    }

    /// Returns the build-id of a number that a claim gave and that is still good.
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

    /// Build-ids that have a number now.
    public int size() {
        return numbers.size();
    }

    private synchronized OptionalInt claim(BuildId buildId, List<Numbered> claimed) {
        Numbered known = numbers.get(buildId);
        if (known == null) {
            if (free.isEmpty() && next == capacity) {
                return OptionalInt.empty();
            }
            known = new Numbered(buildId, free.isEmpty() ? next++ : free.pop());
            put(known);
            numbers.put(buildId, known);
        }
        if (!known.kept) {
            known.claims++;
            claimed.add(known);
        }
        return OptionalInt.of(known.ordinal);
    }

    private void put(Numbered numbered) {
        BuildId[] segment = segments.getPlain(numbered.ordinal / SEGMENT);
        if (segment == null) {
            segment = new BuildId[SEGMENT];
        }
        segment[numbered.ordinal % SEGMENT] = numbered.buildId;
        segments.setRelease(numbered.ordinal / SEGMENT, segment);
    }

    private synchronized void giveBack(List<Numbered> claimed) {
        for (Numbered numbered : claimed) {
            numbered.claims--;
            if (!numbered.kept && numbered.claims == 0) {
                numbers.remove(numbered.buildId);
                free.push(numbered.ordinal);
            }
        }
    }
}
