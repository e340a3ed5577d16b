package dev.stackmapd.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.series.SampleType;
import dev.stackmapd.series.Series;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.Packing;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.BatchStore.BeginResult;
import dev.stackmapd.store.BatchTransaction.CommitResult;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What every [BatchStore] promises: idempotency, all-or-nothing commits, and the limit of bytes.
public abstract class BatchStoreContract extends StoreContract {
    @Test
    void aNamedBatchIsTakenOnce() {
        CommittedBatch first = named(store, new BatchStore.Key("", "a"), CONTENT, "details", stack(1), stack(2));
        assertThat(first.details()).isEqualTo("details");
        assertThat(store.batches().begin(new BatchStore.Key("", "a"), CONTENT))
                .isEqualTo(new BeginResult.Replay(first));
        assertThat(values(store, stack(1))).isEqualTo(1);
    }

    @Test
    void aNameThatWasUsedForOtherContentIsAConflict() {
        named(store, new BatchStore.Key("", "a"), CONTENT, "", stack(1));
        assertThat(store.batches().begin(new BatchStore.Key("", "a"), new byte[] {1}))
                .isEqualTo(new BeginResult.Conflict());
    }

    @Test
    void aNameBelongsToItsSender() {
        named(store, new BatchStore.Key("attacker", "a"), new byte[] {1}, "", stack(1));
        assertThat(named(store, new BatchStore.Key("victim", "a"), CONTENT, "", stack(2))
                        .added())
                .isEqualTo(1);
    }

    @Test
    void aBatchThatWasNotCommittedLeavesNothing() {
        try (BatchTransaction transaction = fresh(store, new BatchStore.Key("", "a"))) {
            transaction.series(series("a"), SampleType.Aggregation.SUM);
            transaction.add(Packing.pack(stack(1), transaction.bases()), 1, NOON);
            transaction.mapped(LIBC, "/lib/libc.so.6");
        }
        assertThat(store.stacks().size()).isZero();
        assertThat(store.bytes()).isZero();
        assertThat(store.stacks().page(Optional.empty(), 10).items()).isEmpty();
        assertThat(store.binaries().find(LIBC)).isEmpty();
        assertThat(store.sightings().series()).isEmpty();
        assertThat(named(store, new BatchStore.Key("", "a"), new byte[] {9}, "", stack(1))
                        .added())
                .as("its name is free for any content")
                .isEqualTo(1);
    }

    @Test
    void batchesOfOneNameAtOnceAreTakenOnce() throws Exception {
        BatchTransaction first = fresh(store, new BatchStore.Key("", "a"));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<BeginResult>> others = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                others.add(threads.submit(() -> store.batches().begin(new BatchStore.Key("", "a"), CONTENT)));
            }
            CommittedBatch taken = commit(first, "", stack(1));
            for (Future<BeginResult> other : others) {
                assertThat(other.get()).isEqualTo(new BeginResult.Replay(taken));
            }
        }
        assertThat(values(store, stack(1))).isEqualTo(1);
    }

    @Test
    void oneOfThoseThatWaitTakesTheBatchWhenTheFirstFails() throws Exception {
        BatchTransaction first = fresh(store, new BatchStore.Key("", "a"));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<CommittedBatch>> others = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                others.add(threads.submit(() -> named(store, new BatchStore.Key("", "a"), CONTENT, "", stack(1))));
            }
            first.close();
            for (Future<CommittedBatch> other : others) {
                assertThat(other.get().added()).isEqualTo(1);
            }
        }
        assertThat(values(store, stack(1))).isEqualTo(1);
    }

    /// A number means one base as long as a stored stack has it, whatever later batches take and give back.
    @Test
    void numbersOfStoredStacksAreNotGivenAgain() {
        Stack first = new Stack(List.of(inFile(LIBC, 1), new Frame.Named("jvm", "a.B.c", "B.java", 7)), false);
        StackId id = put(store, first).ids().getFirst();
        for (int i = 0; i < 100; i++) {
            Stack other = new Stack(
                    List.of(inFile(BuildId.of(new byte[] {1, (byte) i, 1}), 1), new Frame.Named("jvm", "f" + i, "", 0)),
                    false);
            try (BatchTransaction refused = store.batches().begin()) {
                Packing.pack(other, refused.bases());
            }
            StackId stored = put(store, other).ids().getFirst();
            assertThat(store.stacks().find(stored)).contains(other);
        }
        assertThat(store.stacks().find(id)).contains(first);
    }

    @Test
    void countsAStackThatIsNamedByItsId() {
        StackId id = put(store, stack(1)).ids().getFirst();
        CommittedBatch batch;
        try (BatchTransaction transaction = store.batches().begin()) {
            transaction.series(series("a"), SampleType.Aggregation.SUM);
            assertThat(transaction.add(id, 4, NOON)).isTrue();
            transaction.add(Packing.pack(stack(2), transaction.bases()), 1, NOON);
            assertThat(transaction.add(id, 5, NOON)).isTrue();
            batch = stored(transaction.commit(""));
        }
        assertThat(batch.ids()).hasSize(3).startsWith(id).endsWith(id);
        assertThat(batch.added()).isEqualTo(1);
        assertThat(values(store, stack(1))).isEqualTo(10);
        assertThat(store.binaries().find(LIBC).orElseThrow().frames()).isEqualTo(11);
    }

    @Test
    void doesNotTakeAnUnknownId() {
        StackId id = put(store, stack(1)).ids().getFirst();
        try (BatchTransaction transaction = store.batches().begin()) {
            transaction.series(series("a"), SampleType.Aggregation.SUM);
            assertThat(transaction.add(new StackId(id.high(), id.low() + 1), 1, NOON))
                    .isFalse();
            assertThat(transaction.add(id, 1, NOON)).isTrue();
            assertThat(stored(transaction.commit("")).ids()).containsExactly(id);
        }
        assertThat(store.stacks().size()).isEqualTo(1);
    }

    @Test
    void keepsItsDigestKey() {
        BatchStore batches = store.batches();
        assertThat(batches.digestKey())
                .hasSize(32)
                .isEqualTo(batches.digestKey())
                .isNotEqualTo(new byte[32]);
        batches.digestKey()[0]++;
        assertThat(batches.digestKey()).isEqualTo(batches.digestKey());
    }

    /// Stores one stack after the other until one is refused.
    ///
    /// @return a number whose stack is not stored
    private static int fill(Store store) {
        int next = 0;
        while (commit(store, stack(next)) instanceof CommitResult.Stored) {
            next++;
        }
        return next + 1;
    }

    @Test
    void aFullStoreRefusesABatchWholeAndStillCountsKnownStacks_DEV07() {
        try (Store small = open(SMALL, InstantSource.system())) {
            put(small, stack(-1));
            int next = fill(small);
            long before = small.stacks().size();
            long frames = small.binaries().find(LIBC).orElseThrow().frames();
            assertThat(commit(small, stack(-1), stack(next), deep(next + 1)))
                    .isInstanceOfSatisfying(
                            CommitResult.Full.class,
                            full -> assertThat(full.capacity()).isEqualTo(small.capacity()));
            assertThat(small.stacks().size()).isEqualTo(before);
            assertThat(small.binaries().find(LIBC).orElseThrow().frames()).isEqualTo(frames);
            assertThat(values(small, stack(-1))).isEqualTo(1);
            assertThat(stored(commit(small, stack(-1))).added()).isZero();
            assertThat(values(small, stack(-1))).isEqualTo(2);
            assertThat(small.bytes()).isLessThanOrEqualTo(small.capacity());
        }
    }

    @Test
    void aFullStoreStillCountsKnownStacksThatAreMappedElsewhere_DEV07() {
        try (Store small = open(SMALL, InstantSource.system())) {
            put(small, stack(-1));
            fill(small);
            try (BatchTransaction transaction = small.batches().begin()) {
                transaction.series(series("a"), SampleType.Aggregation.SUM);
                transaction.add(Packing.pack(stack(-1), transaction.bases()), 1, NOON);
                transaction.mapped(LIBC, "/elsewhere/" + "x".repeat(SMALL));
                assertThat(stored(transaction.commit("")).added()).isZero();
            }
            assertThat(values(small, stack(-1))).isEqualTo(2);
            assertThat(small.binaries().find(LIBC).orElseThrow().paths()).isEmpty();
        }
    }

    @Test
    void losesNothingWhenManyWriteOverlappingBatchesWhileOthersRead() throws Exception {
        int writers = 16;
        int each = 50;
        Set<StackId> answered = Collections.synchronizedSet(new TreeSet<>());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> work = new ArrayList<>();
            for (int w = 0; w < writers; w++) {
                int from = w * 25;
                work.add(() -> {
                    for (int i = 0; i < each; i++) {
                        answered.addAll(put(store, many(from + i, 50)).ids());
                    }
                    return null;
                });
                work.add(() -> {
                    for (int i = 0; i < each; i++) {
                        for (StackId id :
                                store.stacks().page(Optional.empty(), 1_000).items()) {
                            assertThat(StackId.of(store.stacks().find(id).orElseThrow()))
                                    .isEqualTo(id);
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        }
        assertThat(store.stacks().page(Optional.empty(), 100_000).items())
                .containsExactlyInAnyOrderElementsOf(answered);
        long[] sum = {0};
        store.sightings().scan(_ -> true, BUCKET, BUCKET + 1, new SightingStore.Visitor() {
            @Override
            public void bucket(Series series, long bucket, long snapshots) {}

            @Override
            public void sighting(StackId stack, long value) {
                sum[0] += value;
            }
        });
        assertThat(sum[0]).isEqualTo((long) writers * each * 50);
    }
}
