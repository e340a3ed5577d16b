package dev.stackmapd.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.series.Labels;
import dev.stackmapd.series.SampleType;
import dev.stackmapd.series.Series;
import dev.stackmapd.series.TimeBuckets;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.BatchStore.BeginResult;
import dev.stackmapd.store.BatchTransaction.CommitResult;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The common part of the contract tests of a [Store]. A new store extends each of them and adds only `open`.
public abstract class StoreContract {
    protected static final long NOON = Instant.parse("2026-11-23T12:00:00Z").toEpochMilli();
    protected static final long BUCKET = TimeBuckets.of(NOON);
    protected static final BuildId LIBC = BuildId.parse("93ac61ec").orElseThrow();
    protected static final int SMALL = 1 << 20;
    protected static final byte[] CONTENT = {1, 2, 3, 4};

    @SuppressWarnings("NullAway.Init") // JUnit opens it before each test
    protected Store store;

    /// Opens a new, empty store.
    ///
    /// @param maxBytes budget for stacks, and as much for sightings
    protected abstract Store open(long maxBytes, InstantSource clock);

    @BeforeEach
    void openStore() {
        store = open(64L << 20, InstantSource.system());
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    /// Begins a batch with a new key.
    protected static BatchTransaction fresh(Store store, BatchStore.Key key) {
        BeginResult begun = store.batches().begin(key, CONTENT);
        assertThat(begun).isInstanceOf(BeginResult.New.class);
        return ((BeginResult.New) begun).transaction();
    }

    /// Commits a batch with a key, or returns the receipt of the first time.
    protected static CommittedBatch named(
            Store store, BatchStore.Key key, byte[] content, String details, Stack... stacks) {
        return switch (store.batches().begin(key, content)) {
            case BeginResult.New(var transaction) -> commit(transaction, details, stacks);
            case BeginResult.Replay(var batch) -> batch;
            case BeginResult.Conflict conflict -> throw new AssertionError(conflict);
        };
    }

    protected static CommittedBatch commit(BatchTransaction open, String details, Stack... stacks) {
        try (BatchTransaction transaction = open) {
            addAll(transaction, stacks);
            return stored(transaction.commit(details));
        }
    }

    protected static CommittedBatch put(Store store, Stack... stacks) {
        return stored(commit(store, stacks));
    }

    protected static CommitResult commit(Store into, Stack... stacks) {
        try (BatchTransaction transaction = into.batches().begin()) {
            addAll(transaction, stacks);
            return transaction.commit("");
        }
    }

    protected static void addAll(BatchTransaction transaction, Stack... stacks) {
        transaction.series(series("a"), SampleType.Aggregation.SUM);
        for (Stack stack : stacks) {
            transaction.add(Packing.pack(stack, transaction.bases()), 1, NOON);
        }
    }

    protected static CommittedBatch stored(CommitResult commit) {
        assertThat(commit).isInstanceOf(CommitResult.Stored.class);
        return ((CommitResult.Stored) commit).batch();
    }

    /// Returns a series of samples with one label.
    protected static Series series(String service) {
        Labels.Builder labels = new Labels.Builder();
        assertThat(labels.add("service", service)).isEmpty();
        return new Series(SampleType.SAMPLES, labels.build());
    }

    /// Returns a stack with the base numbers of a transaction.
    protected static PackedStack packed(BatchTransaction transaction, long offset) {
        return Packing.pack(stack(offset), transaction.bases());
    }

    /// Returns every sighting in a range of buckets as `bucket: value`, in the order of the scan.
    protected static List<String> sightings(Store store, long from, long to) {
        List<String> found = new ArrayList<>();
        store.sightings().scan(_ -> true, from, to, new SightingStore.Visitor() {
            private long current;

            @Override
            public void bucket(Series series, long bucket, long snapshots) {
                current = bucket;
            }

            @Override
            public void sighting(StackId stack, long value) {
                found.add(current + ": " + value);
            }
        });
        return found;
    }

    /// Returns the sum of the values of a stack over all series and times.
    protected static long values(Store store, Stack stack) {
        StackId id = StackId.of(stack);
        long[] sum = {0};
        store.sightings().scan(_ -> true, Long.MIN_VALUE, Long.MAX_VALUE, new SightingStore.Visitor() {
            @Override
            public void bucket(Series series, long bucket, long snapshots) {}

            @Override
            public void sighting(StackId found, long value) {
                sum[0] = found.equals(id) ? FrameTally.saturatingSum(sum[0], value) : sum[0];
            }
        });
        return sum[0];
    }

    protected static Stack[] many(int from, int count) {
        Stack[] stacks = new Stack[count];
        for (int i = 0; i < count; i++) {
            stacks[i] = stack(from + i);
        }
        return stacks;
    }

    protected static Stack deep(int seed) {
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            frames.add(inFile(LIBC, (long) seed + i));
        }
        return new Stack(frames, false);
    }

    /// Returns a stack of one frame in libc and a raw one below it.
    protected static Stack stack(long offset) {
        return new Stack(
                List.of(inFile(LIBC, offset), new Frame.Raw(0x7fff_0000_0001L, Frame.Reason.ANONYMOUS)), false);
    }

    protected static Frame inFile(BuildId buildId, long offset) {
        return new Frame.InFile(buildId, new FileOffset(offset));
    }
}
