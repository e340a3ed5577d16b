package dev.stackmapd.store.memory;

import dev.stackmapd.dedupe.ExactStackMap;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.series.Labels;
import dev.stackmapd.series.SampleType;
import dev.stackmapd.series.Series;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.BatchStore;
import dev.stackmapd.store.BatchTransaction;
import dev.stackmapd.store.BinaryStore;
import dev.stackmapd.store.CommittedBatch;
import dev.stackmapd.store.CursorException;
import dev.stackmapd.store.Page;
import dev.stackmapd.store.SightingStore;
import dev.stackmapd.store.StackStore;
import dev.stackmapd.store.Store;
import dev.stackmapd.store.memory.CommittedBatches.Completion;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A store in memory: stacks in an [ExactStackMap], and their sightings by entry number.
///
/// The data is lost when the process ends. A commit is not atomic to readers, which may see its stacks
/// before its sightings. Stacks are never evicted: when their budget is exhausted, batches with new
/// stacks are rejected, while batches of known stacks are still counted (DEV-07). The oldest sightings
/// are evicted when the budget of sightings is exhausted.
public final class InMemoryStore implements Store {
    private static final int DIGEST_KEY_BYTES = 32;

    private final FrameBases bases;
    private final ExactStackMap map;
    private final Stacks stacks = new Stacks();
    private final Batches batches = new Batches();
    private final Sightings sightings;
    private final SeenBinaries binaries;
    private final CommittedBatches committed;
    private final long capacity;
    private final byte[] digestKey = new byte[DIGEST_KEY_BYTES];

    /// Budgets of the store in bytes.
    ///
    /// @param stacks for stacks and binaries
    /// @param sightings for sightings of stacks
    /// @param batches for receipts of batches with a key
    /// @param window how long receipts are remembered
    public record Limits(long stacks, long sightings, long batches, Duration window) {}

    /// @param bases the dictionary of this process, which assigns the numbers in packed stacks
    public InMemoryStore(Limits limits, FrameBases bases, InstantSource clock) {
        this.bases = bases;
        this.map = new ExactStackMap(bases, limits.stacks);
        this.sightings = new Sightings(limits.sightings, map::id);
        this.binaries = new SeenBinaries(bases);
        this.committed = new CommittedBatches(limits.window, limits.batches, clock);
        this.capacity = limits.stacks + limits.sightings;
        new SecureRandom().nextBytes(digestKey);
    }

    @Override
    public BatchStore batches() {
        return batches;
    }

    @Override
    public StackStore stacks() {
        return stacks;
    }

    @Override
    public SightingStore sightings() {
        return sightings;
    }

    @Override
    public BinaryStore binaries() {
        return binaries;
    }

    private final class Batches implements BatchStore {
        @Override
        public BeginResult begin(BatchStore.Key key, byte[] digest) {
            while (true) {
                CommittedBatches.KnownBatch mine = committed.entry(digest);
                CommittedBatches.KnownBatch first = committed.claim(key, mine);
                if (first == mine) {
                    return new BeginResult.New(new InMemoryTransaction(key, mine));
                }
                if (!first.hasContentOf(mine)) {
                    return new BeginResult.Conflict();
                }
                switch (first.completion()) {
                    case Completion.Committed(var receipt) -> {
                        return new BeginResult.Replay(batch(receipt));
                    }
                    case Completion.Aborted _ -> {} // the key is free again: this one takes the batch
                }
            }
        }

        @Override
        public BatchTransaction begin() {
            return new InMemoryTransaction(null, null);
        }

        @Override
        public byte[] digestKey() {
            return digestKey.clone();
        }

        @Override
        public long forgottenEarly() {
            return committed.forgottenEarly();
        }
    }

    private CommittedBatch batch(CommittedBatches.StoredReceipt receipt) {
        List<StackId> ids = receipt.entries().mapToObj(map::id).toList();
        return new CommittedBatch(ids, receipt.added(), receipt.details());
    }

    private final class Stacks implements StackStore {
        @Override
        public Optional<Stack> find(StackId id) {
            int entry = map.entryOf(id);
            return entry == ExactStackMap.NONE ? Optional.empty() : Optional.of(map.stack(entry));
        }

        @Override
        public List<Optional<Stack>> find(List<StackId> ids) {
            return ids.stream().map(this::find).toList();
        }

        /// Returns ids in ascending order; the cursor is the last id of the page.
        @Override
        public Page<StackId> page(Optional<String> after, int limit) {
            List<StackId> found = after.isPresent()
                    ? map.after(StackId.parse(after.get()).orElseThrow(CursorException::new), limit + 1)
                    : map.first(limit + 1);
            return Page.of(found, limit, StackId::toString);
        }

        @Override
        public long size() {
            return map.size();
        }
    }

    @Override
    public long bytes() {
        return map.counters().bytes() + sightings.bytes();
    }

    @Override
    public long capacity() {
        return capacity;
    }

    /// Returns the number of evicted series-buckets since the start.
    public long forgottenSightings() {
        return sightings.forgotten();
    }

    @Override
    public void close() {}

    /// A transaction: holds known stacks by their entry, and new ones in packed form until the commit.
    private final class InMemoryTransaction implements BatchTransaction {
        private final BatchStore.@Nullable Key key;
        private final CommittedBatches.@Nullable KnownBatch open;
        private final FrameBases.Claim claim = bases.claim();
        private Completion completion = new Completion.Aborted();
        private Series series = new Series(SampleType.SAMPLES, Labels.NONE);
        private SampleType.Aggregation aggregation = SampleType.Aggregation.SUM;
        private int size;
        private int[] entries = new int[64]; // of a new stack: `~number` in `fresh`
        private long[] values = new long[64];
        private final ExactStackMap.NewStacks fresh = map.new NewStacks();
        private final PackedStack byId = new PackedStack();
        private final SeenBinaries.BatchBinaries seen = binaries.new BatchBinaries();
        private final Sightings.BatchSightings times = sightings.new BatchSightings();

        InMemoryTransaction(BatchStore.@Nullable Key key, CommittedBatches.@Nullable KnownBatch open) {
            this.key = key;
            this.open = open;
        }

        @Override
        public FrameBases.Claim bases() {
            return claim;
        }

        @Override
        public void series(Series named, SampleType.Aggregation given) {
            series = named;
            aggregation = given;
        }

        @Override
        public void add(PackedStack stack, long value, long time) {
            add(fresh.offer(stack), stack, value, time);
        }

        @Override
        public boolean add(StackId id, long value, long time) {
            int entry = map.entryOf(id);
            if (entry == ExactStackMap.NONE) {
                return false;
            }
            map.copyTo(byId, entry);
            add(entry, byId, value, time);
            return true;
        }

        private void add(int entry, PackedStack stack, long value, long time) {
            if (size == entries.length) {
                entries = Arrays.copyOf(entries, size * 2);
                values = Arrays.copyOf(values, size * 2);
            }
            entries[size] = entry;
            values[size] = value;
            size++;
            times.add(series, aggregation, time);
            seen.frames().add(stack, value, time);
        }

        @Override
        public void mapped(BuildId buildId, String path) {
            seen.mapped(buildId, path);
        }

        @Override
        public CommitResult commit(String details) {
            long seenCost = seen.cost();
            if (!map.reserve(fresh.cost() + seenCost)) {
                seen.forgetPaths();
                seenCost = seen.cost();
                if (!map.reserve(fresh.cost() + seenCost)) {
                    return new CommitResult.Full(fresh.cost() + seenCost, capacity);
                }
            }
            if (!times.reserve()) {
                map.release(fresh.cost() + seenCost);
                return new CommitResult.Full(times.cost(), capacity);
            }
            // Before any stack has them: should this fail half-way, a number must not get another meaning.
            claim.keep();
            int added = insert();
            times.commit(entries, values);
            map.release(seenCost - seen.add());
            CommittedBatches.StoredReceipt receipt =
                    new CommittedBatches.StoredReceipt(Arrays.copyOf(entries, size), added, details);
            completion = new Completion.Committed(receipt);
            return new CommitResult.Stored(batch(receipt));
        }

        /// Stores the new stacks, and replaces their numbers in `entries` by their entries.
        ///
        /// @return the number of stacks that were not stored before
        private int insert() {
            int added = 0;
            for (int i = 0; i < size; i++) {
                if (entries[i] < 0) {
                    int inserted = fresh.insert(~entries[i]);
                    added += inserted < 0 ? 1 : 0;
                    entries[i] = inserted < 0 ? ~inserted : inserted;
                }
            }
            return added;
        }

        @Override
        public void close() {
            claim.close();
            if (key != null && open != null) {
                committed.settle(key, open, completion);
            }
        }
    }
}
