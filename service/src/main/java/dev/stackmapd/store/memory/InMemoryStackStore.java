package dev.stackmapd.store.memory;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.stack.BuildIds;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.stackmap.ExactStackMap;
import dev.stackmapd.store.Intake;
import dev.stackmapd.store.SeenBinary;
import dev.stackmapd.store.StackStore;
import dev.stackmapd.store.StoredStack;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Everything in memory: the stacks in an [ExactStackMap], their sightings in arrays beside it, by entry number.
///
/// Durable as far as the process lives. Stacks are never evicted: when the budget is used up, batches with new
/// stacks are refused and those with known ones still count (DEV-07).
public final class InMemoryStackStore implements StackStore {
    private static final int DIGEST_KEY_BYTES = 32;

    private final ExactStackMap stacks;
    private final Sightings sightings = new Sightings();
    private final SeenBinaries binaries;
    private final long maxBytes;
    private final byte[] digestKey = new byte[DIGEST_KEY_BYTES];

    /// @param buildIds gave the numbers in the packed stacks
    /// @param maxBytes memory for stacks and sightings together
    public InMemoryStackStore(BuildIds buildIds, long maxBytes) {
        this.stacks = new ExactStackMap(buildIds, maxBytes);
        this.binaries = new SeenBinaries(buildIds);
        this.maxBytes = maxBytes;
        new SecureRandom().nextBytes(digestKey);
    }

    @Override
    public Intake open() {
        return new Pending();
    }

    @Override
    public Optional<StoredStack> find(StackId id) {
        int entry = stacks.entryOf(id);
        // An entry shows once it is counted: a reader between the two must not see a stack that nobody saw.
        if (entry == ExactStackMap.NONE || sightings.count(entry) == 0) {
            return Optional.empty();
        }
        return Optional.of(new StoredStack(
                id,
                stacks.stack(entry),
                sightings.count(entry),
                Instant.ofEpochMilli(sightings.first(entry)),
                Instant.ofEpochMilli(sightings.last(entry))));
    }

    @Override
    public List<StackId> firstIds(int limit) {
        return stacks.first(limit);
    }

    @Override
    public List<StackId> idsAfter(StackId after, int limit) {
        return stacks.after(after, limit);
    }

    @Override
    public Optional<String> module(BuildId buildId) {
        return binaries.firstPath(buildId).map(path -> path.substring(path.lastIndexOf('/') + 1));
    }

    @Override
    public Optional<SeenBinary> binary(BuildId buildId) {
        return binaries.find(buildId);
    }

    @Override
    public List<SeenBinary> binaries(Optional<BuildId> after, int limit) {
        return binaries.page(after, limit);
    }

    @Override
    public void forEachBinary(Consumer<SeenBinary> consumer) {
        binaries.forEach(consumer);
    }

    @Override
    public byte[] digestKey() {
        return digestKey.clone();
    }

    @Override
    public long size() {
        return stacks.size();
    }

    @Override
    public long bytes() {
        return stacks.counters().bytes();
    }

    @Override
    public long capacity() {
        return maxBytes;
    }

    @Override
    public void close() {}

    /// A batch: known stacks by their entry, new ones packed end to end until the commit.
    private final class Pending implements Intake {
        private int size;
        private int[] entries = new int[64]; // of a new stack: −1 − where it begins in `words`
        private long[] counts = new long[64];
        private long[] times = new long[64];
        private long[] words = {}; // of each new stack: its length, its depth and cut flag, its words
        private int used;
        private long cost;
        private final PackedStack byId = new PackedStack();
        private final SeenBinaries.OfBatch seen = binaries.new OfBatch();

        @Override
        public void add(PackedStack stack, long count, long time) {
            int entry = stacks.find(stack);
            add(entry == ExactStackMap.NONE ? -1 - keep(stack) : entry, stack, count, time);
        }

        @Override
        public boolean add(StackId id, long count, long time) {
            int entry = stacks.entryOf(id);
            if (entry == ExactStackMap.NONE || sightings.count(entry) == 0) {
                return false;
            }
            stacks.copyTo(byId, entry);
            add(entry, byId, count, time);
            return true;
        }

        private void add(int entry, PackedStack stack, long count, long time) {
            if (size == entries.length) {
                entries = Arrays.copyOf(entries, size * 2);
                counts = Arrays.copyOf(counts, size * 2);
                times = Arrays.copyOf(times, size * 2);
            }
            entries[size] = entry;
            counts[size] = count;
            times[size] = time;
            size++;
            seen.frames().add(stack, count, time);
        }

        @Override
        public void mapped(BuildId buildId, String path) {
            seen.mapped(buildId, path);
        }

        @Override
        public Commit commit() {
            long seenCost = seen.cost();
            if (!stacks.reserve(cost + seenCost)) {
                seen.forgetPaths();
                seenCost = seen.cost();
                if (!stacks.reserve(cost + seenCost)) {
                    return new Commit.Full(cost + seenCost, maxBytes);
                }
            }
            List<StackId> ids = new ArrayList<>(size);
            int added = 0;
            PackedStack stack = new PackedStack();
            for (int i = 0; i < size; i++) {
                int entry = entries[i];
                if (entry < 0) {
                    unpack(-1 - entry, stack);
                    int inserted = stacks.insertReserved(stack);
                    if (inserted < 0) {
                        added++;
                        entry = ~inserted;
                    } else {
                        stacks.release(Sightings.BYTES);
                        entry = inserted;
                    }
                }
                sightings.add(entry, counts[i], times[i]);
                ids.add(stacks.id(entry));
            }
            stacks.release(seenCost - seen.add());
            return new Commit.Stored(ids, added);
        }

        private int keep(PackedStack stack) {
            int at = used;
            int needed = used + 2 + stack.length();
            if (needed > words.length) {
                words = Arrays.copyOf(words, Math.max(needed, words.length * 2));
            }
            words[used] = stack.length();
            words[used + 1] = (long) stack.depth() << 1 | (stack.truncated() ? 1 : 0);
            System.arraycopy(stack.words(), 0, words, used + 2, stack.length());
            used = needed;
            cost += ExactStackMap.cost(stack) + Sightings.BYTES;
            return at;
        }

        private void unpack(int at, PackedStack into) {
            into.copyFrom(words, at + 2, (int) words[at], (int) (words[at + 1] >>> 1), (words[at + 1] & 1) != 0);
        }
    }
}
