package dev.stackmapd.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.series.Labels;
import dev.stackmapd.series.SampleType;
import dev.stackmapd.series.Series;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import dev.stackmapd.stack.StackId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What every [SightingStore] promises.
public abstract class SightingStoreContract extends StoreContract {
    @Test
    void sumsValuesBySeriesAndBucket() {
        try (BatchTransaction transaction = store.batches().begin()) {
            transaction.series(series("a"), SampleType.Aggregation.SUM);
            PackedStack one = Packing.pack(stack(1), transaction.bases());
            transaction.add(one, 5, NOON);
            transaction.add(one, 1L << 48, NOON + 9_999);
            transaction.add(one, 7, NOON + 10_000);
            transaction.series(series("b"), SampleType.Aggregation.SUM);
            transaction.add(one, 3, NOON - 1);
            stored(transaction.commit(""));
        }
        put(store, stack(1));
        assertThat(sightings(store, BUCKET - 1, BUCKET + 2))
                .containsExactly(BUCKET + ": " + ((1L << 48) + 6), (BUCKET + 1) + ": 7", (BUCKET - 1) + ": 3");
        assertThat(sightings(store, BUCKET, BUCKET + 1)).containsExactly(BUCKET + ": " + ((1L << 48) + 6));
        assertThat(sightings(store, BUCKET + 2, BUCKET + 9)).isEmpty();
        assertThat(store.sightings().series()).containsExactly(series("a"), series("b"));
    }

    @Test
    void seriesAreInTheOrderOfTheirTypesAndLabels() {
        List<Series> ascending = List.of(
                new Series(new SampleType("a", "count"), Labels.NONE),
                new Series(new SampleType("a", "count"), series("a").labels()),
                new Series(new SampleType("b", "bytes"), Labels.NONE),
                new Series(new SampleType("b", "count"), series("a").labels()),
                new Series(new SampleType("b", "count"), series("b").labels()));
        try (BatchTransaction transaction = store.batches().begin()) {
            for (Series each : ascending.reversed()) {
                transaction.series(each, SampleType.Aggregation.SUM);
                transaction.add(Packing.pack(stack(1), transaction.bases()), 1, NOON);
            }
            stored(transaction.commit(""));
        }
        assertThat(store.sightings().series()).isEqualTo(ascending);
    }

    /// `Aa` and `BB` have one hash, and so has every text of as many of them.
    @Test
    void seriesOfOneHashAreTold() {
        List<String> texts = List.of("");
        for (int i = 0; i < 8; i++) {
            texts = texts.stream()
                    .flatMap(text -> Stream.of(text + "Aa", text + "BB"))
                    .toList();
        }
        try (BatchTransaction transaction = store.batches().begin()) {
            PackedStack one = Packing.pack(stack(1), transaction.bases());
            for (String text : texts) {
                transaction.series(series(text), SampleType.Aggregation.SUM);
                transaction.add(one, 1, NOON);
                transaction.add(one, 2, NOON + 10_000);
            }
            stored(transaction.commit(""));
        }
        assertThat(sightings(store, BUCKET, BUCKET + 1)).hasSize(256).containsOnly(BUCKET + ": 1");
        assertThat(sightings(store, BUCKET + 1, BUCKET + 2)).hasSize(256).containsOnly((BUCKET + 1) + ": 2");
    }

    @Test
    void scansTheSeriesThatMatch() {
        put(store, stack(1));
        try (BatchTransaction transaction = store.batches().begin()) {
            transaction.series(series("b"), SampleType.Aggregation.SUM);
            transaction.add(Packing.pack(stack(2), transaction.bases()), 3, NOON);
            stored(transaction.commit(""));
        }
        List<StackId> found = new ArrayList<>();
        store.sightings().scan(series("b")::equals, Long.MIN_VALUE, Long.MAX_VALUE, new SightingStore.Visitor() {
            @Override
            public void bucket(Series series, long bucket, long snapshots) {
                assertThat(series).isEqualTo(series("b"));
            }

            @Override
            public void sighting(StackId stack, long value) {
                found.add(stack);
            }
        });
        assertThat(found).containsExactly(StackId.of(stack(2)));
    }

    @Test
    void timesBeforeTheEpochHaveBucketsToo() {
        try (BatchTransaction transaction = store.batches().begin()) {
            transaction.series(series("a"), SampleType.Aggregation.SUM);
            transaction.add(Packing.pack(stack(1), transaction.bases()), 1, -1);
            stored(transaction.commit(""));
        }
        assertThat(sightings(store, -1, 0)).containsExactly("-1: 1");
    }

    @Test
    void aSumStaysAtTheLargestNumber() {
        PackedStack deep;
        for (int i = 0; i < 1 << 10; i++) {
            try (BatchTransaction transaction = store.batches().begin()) {
                transaction.series(series("a"), SampleType.Aggregation.SUM);
                deep = Packing.pack(deep(1), transaction.bases());
                for (int j = 0; j < 33; j++) {
                    transaction.add(deep, 1L << 48, NOON);
                }
                stored(transaction.commit(""));
            }
        }
        assertThat(values(store, deep(1))).isEqualTo(Long.MAX_VALUE);
        assertThat(store.binaries().find(LIBC).orElseThrow().frames()).isEqualTo(Long.MAX_VALUE);
    }

    /// One snapshot is one instant, however many stacks it has; each batch has its own.
    @Test
    void countsTheSnapshotsOfAGauge() {
        Series inUse = new Series(new SampleType("inuse_space", "bytes"), Labels.NONE);
        for (int batch = 0; batch < 2; batch++) {
            try (BatchTransaction transaction = store.batches().begin()) {
                transaction.series(inUse, SampleType.Aggregation.GAUGE);
                transaction.add(Packing.pack(stack(1), transaction.bases()), 100, NOON + batch);
                transaction.add(Packing.pack(stack(2), transaction.bases()), 50, NOON + batch);
                transaction.add(Packing.pack(stack(1), transaction.bases()), 70, NOON + 5_000);
                stored(transaction.commit(""));
            }
        }
        List<Long> snapshots = new ArrayList<>();
        store.sightings().scan(inUse::equals, BUCKET, BUCKET + 1, new SightingStore.Visitor() {
            @Override
            public void bucket(Series series, long bucket, long count) {
                snapshots.add(count);
            }

            @Override
            public void sighting(StackId stack, long value) {
                assertThat(value).isEqualTo(stack.equals(StackId.of(stack(1))) ? 340 : 100);
            }
        });
        assertThat(snapshots).containsExactly(4L);
    }

    @Test
    void theFirstSenderSaysOfWhichKindATypeIs() {
        SampleType depth = new SampleType("queue", "count");
        assertThat(store.sightings().aggregation(depth)).isEqualTo(SampleType.Aggregation.SUM);
        assertThat(store.sightings().aggregation(new SampleType("inuse_objects", "count")))
                .isEqualTo(SampleType.Aggregation.GAUGE);
        for (SampleType.Aggregation said : List.of(SampleType.Aggregation.GAUGE, SampleType.Aggregation.SUM)) {
            try (BatchTransaction transaction = store.batches().begin()) {
                transaction.series(new Series(depth, Labels.NONE), said);
                transaction.add(Packing.pack(stack(1), transaction.bases()), 1, NOON);
                stored(transaction.commit(""));
            }
            assertThat(store.sightings().aggregation(depth)).isEqualTo(SampleType.Aggregation.GAUGE);
        }
    }

    /// A sender that does not say of which kind a type is must not spoil the average of those that do.
    @Test
    void countsTheSnapshotsOfATypeThatIsAGaugeWhateverASenderSays() {
        Series queue = new Series(new SampleType("queue", "count"), Labels.NONE);
        for (SampleType.Aggregation said : List.of(SampleType.Aggregation.GAUGE, SampleType.Aggregation.SUM)) {
            try (BatchTransaction transaction = store.batches().begin()) {
                transaction.series(queue, said);
                transaction.add(Packing.pack(stack(1), transaction.bases()), 1, NOON);
                transaction.add(Packing.pack(stack(1), transaction.bases()), 1, NOON + 1);
                stored(transaction.commit(""));
            }
        }
        List<Long> snapshots = new ArrayList<>();
        store.sightings().scan(queue::equals, BUCKET, BUCKET + 1, new SightingStore.Visitor() {
            @Override
            public void bucket(Series series, long bucket, long count) {
                snapshots.add(count);
            }

            @Override
            public void sighting(StackId stack, long value) {
                assertThat(value).isEqualTo(4);
            }
        });
        assertThat(snapshots).containsExactly(4L);
    }
}
