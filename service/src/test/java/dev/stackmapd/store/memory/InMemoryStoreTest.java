package dev.stackmapd.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.series.Labels;
import dev.stackmapd.series.SampleType;
import dev.stackmapd.series.Series;
import dev.stackmapd.series.TimeBuckets;
import dev.stackmapd.stack.FrameBase;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.Packing;
import dev.stackmapd.store.BatchTransaction;
import dev.stackmapd.store.Store;
import dev.stackmapd.store.StoreContract;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class InMemoryStoreTest extends StoreContract {
    @Override
    protected Store open(long maxBytes, InstantSource clock) {
        return inMemory(maxBytes, maxBytes, clock);
    }

    static InMemoryStore inMemory(long stackBytes, long sightingBytes, InstantSource clock) {
        return new InMemoryStore(
                new InMemoryStore.Limits(stackBytes, sightingBytes, 1 << 20, Duration.ofHours(2)),
                Packing.bases(5_000),
                clock);
    }

    /// The stack stays; what is forgotten is when it was seen.
    @Test
    void forgetsTheSightingsThatWereWrittenToLongestAgo() {
        try (InMemoryStore store = inMemory(1 << 20, 8_000, InstantSource.system())) {
            for (int bucket = 0; bucket < 100; bucket++) {
                put(store, bucket);
            }
            assertThat(store.forgottenSightings()).isPositive();
            assertThat(store.bytes()).isLessThanOrEqualTo(store.capacity());
            assertThat(sightings(store, Long.MIN_VALUE, Long.MAX_VALUE))
                    .hasSize((int) (100 - store.forgottenSightings()))
                    .endsWith("99: 1")
                    .doesNotContain("0: 1");
            assertThat(store.stacks().size()).isEqualTo(1);
        }
    }

    /// A sender whose clock is ahead must not push out what others see now.
    @Test
    void aBucketOfTheFutureIsForgottenAsAnyOther() {
        try (InMemoryStore store = inMemory(1 << 20, 8_000, InstantSource.system())) {
            put(store, 1_000_000);
            for (int bucket = 0; bucket < 100; bucket++) {
                put(store, bucket);
            }
            assertThat(sightings(store, 1_000_000, 1_000_001)).isEmpty();
            assertThat(sightings(store, 99, 100)).containsExactly("99: 1");
        }
    }

    @Test
    void aBatchLargerThanTheSightingsMayBeIsRefused() {
        try (InMemoryStore store = inMemory(1 << 20, 700, InstantSource.system());
                BatchTransaction transaction = store.batches().begin()) {
            transaction.series(series("a"), SampleType.Aggregation.SUM);
            transaction.add(packed(transaction, 1), 1, 0);
            transaction.series(series("b"), SampleType.Aggregation.SUM);
            transaction.add(packed(transaction, 1), 1, 0);
            assertThat(transaction.commit("")).isInstanceOf(BatchTransaction.CommitResult.Full.class);
            assertThat(store.stacks().size()).isZero();
            assertThat(store.bytes()).isZero();
        }
    }

    @Test
    void numbersOfBatchesThatAreNotCommittedAreGivenBack() {
        FrameBases few = Packing.bases(4);
        try (InMemoryStore store = new InMemoryStore(
                new InMemoryStore.Limits(1 << 20, 1 << 20, 1 << 20, Duration.ofHours(2)),
                few,
                InstantSource.system())) {
            for (int i = 0; i < 100; i++) {
                try (BatchTransaction transaction = store.batches().begin()) {
                    BuildId invented = BuildId.of(new byte[] {1, (byte) i, 1});
                    assertThat(transaction.bases().numberOf(new FrameBase.File(invented)))
                            .isPresent();
                }
            }
            assertThat(few.size()).isZero();
        }
    }

    @Test
    void aBatchThatDoesNotFitForgetsNothing() {
        try (InMemoryStore store = inMemory(1 << 20, 8_000, InstantSource.system())) {
            put(store, 1);
            try (BatchTransaction transaction = store.batches().begin()) {
                for (int bucket = 0; bucket < 100; bucket++) {
                    transaction.add(packed(transaction, 1), 1, TimeBuckets.start(bucket));
                }
                assertThat(transaction.commit("")).isInstanceOf(BatchTransaction.CommitResult.Full.class);
            }
            assertThat(sightings(store, 1, 2)).containsExactly("1: 1");
            assertThat(store.forgottenSightings()).isZero();
        }
    }

    @Test
    void aTypeThatHasNoSeriesAnyMoreCanGetAnotherKind() {
        SampleType type = new SampleType("depth", "count");
        try (InMemoryStore store = inMemory(1 << 20, 2_000, InstantSource.system())) {
            put(store, new Series(type, Labels.NONE), SampleType.Aggregation.GAUGE, 0);
            assertThat(store.sightings().aggregation(type)).isEqualTo(SampleType.Aggregation.GAUGE);
            for (int bucket = 0; bucket < 20; bucket++) {
                put(store, bucket);
            }
            assertThat(store.sightings().aggregation(type)).isEqualTo(SampleType.Aggregation.SUM);
            put(store, new Series(type, Labels.NONE), SampleType.Aggregation.SUM, 0);
            assertThat(store.sightings().aggregation(type)).isEqualTo(SampleType.Aggregation.SUM);
        }
    }

    private static void put(InMemoryStore store, long bucket) {
        put(store, series("a"), SampleType.Aggregation.SUM, bucket);
    }

    private static void put(InMemoryStore store, Series series, SampleType.Aggregation aggregation, long bucket) {
        try (BatchTransaction transaction = store.batches().begin()) {
            transaction.series(series, aggregation);
            transaction.add(packed(transaction, 1), 1, TimeBuckets.start(bucket));
            assertThat(transaction.commit("")).isInstanceOf(BatchTransaction.CommitResult.Stored.class);
        }
    }
}
