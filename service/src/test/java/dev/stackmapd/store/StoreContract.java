package dev.stackmapd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [Store] promises. A new store extends this and adds nothing but `open` and what is special to it.
public abstract class StoreContract {
    private static final long NOON = Instant.parse("2026-11-23T12:00:00Z").toEpochMilli();
    private static final long BUCKET = TimeBuckets.of(NOON);
    private static final BuildId LIBC = BuildId.parse("93ac61ec").orElseThrow();
    private static final int SMALL = 1 << 20;
    private static final byte[] CONTENT = {1, 2, 3, 4};

    @SuppressWarnings("NullAway.Init") // JUnit opens it before each test
    private Store store;

    /// A new, empty store.
    ///
    /// @param maxBytes room for stacks, and as much for sightings
    protected abstract Store open(long maxBytes, InstantSource clock);

    @BeforeEach
    void openStore() {
        store = open(64L << 20, InstantSource.system());
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    // Stacks

    @Test
    void givesBackTheFramesOfAStackLeafFirst() {
        Stack stack = new Stack(
                List.of(
                        new Frame.InFile(LIBC, new FileOffset(1)),
                        new Frame.InFile(BuildId.ofHtlhash(new byte[16]), new FileOffset(2)),
                        new Frame.InKernel(LIBC, -3),
                        new Frame.Named("jvm", "a.B.c", "B.java", 7),
                        new Frame.Named("jvm", "a.B.d", "", 0),
                        new Frame.Raw(0x7fff_0000_0001L, Frame.Reason.ANONYMOUS)),
                true);
        StackId id = put(store, stack).ids().getFirst();
        assertThat(store.stacks().find(id)).contains(stack);
        assertThat(id).isEqualTo(StackId.of(stack));
    }

    @Test
    void findsManyInTheOrderAsked() {
        List<StackId> ids = put(store, many(0, 3)).ids();
        StackId unknown = new StackId(1, 2);
        assertThat(store.stacks().find(List.of(ids.get(2), unknown, ids.get(0), ids.get(2))))
                .containsExactly(Optional.of(stack(2)), Optional.empty(), Optional.of(stack(0)), Optional.of(stack(2)));
        assertThat(store.stacks().find(List.of())).isEmpty();
    }

    @Test
    void keepsAStackOnce() {
        CommittedBatch first = put(store, stack(1), stack(2), stack(1));
        assertThat(first.added()).isEqualTo(2);
        assertThat(first.ids().get(0))
                .isEqualTo(first.ids().get(2))
                .isNotEqualTo(first.ids().get(1));
        assertThat(put(store, stack(2)).added()).isZero();
        assertThat(store.stacks().size()).isEqualTo(2);
    }

    @Test
    void aCutStackAndAWholeOneAreDifferent() {
        Stack cut = new Stack(stack(1).frames(), true);
        CommittedBatch stored = put(store, cut, stack(1));
        assertThat(stored.added()).isEqualTo(2);
        assertThat(store.stacks().find(stored.ids().getFirst())).contains(cut);
    }

    @Test
    void anUnknownIdIsEmpty() {
        assertThat(store.stacks().find(new StackId(1, 2))).isEmpty();
    }

    @Test
    void pagesThroughAllIds() {
        List<StackId> ids = new ArrayList<>(put(store, many(0, 250)).ids());
        List<StackId> walked = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page<StackId> page = store.stacks().page(cursor, 100);
            walked.addAll(page.items());
            sizes.add(page.items().size());
            cursor = page.cursor();
        } while (cursor.isPresent());
        assertThat(walked).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(sizes).containsExactly(100, 100, 50);
        assertThat(store.stacks().page(Optional.empty(), 250).next()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "00", "-", "0-", "zz-00"})
    void refusesCursorsThatItDidNotGive(String cursor) {
        assertThatThrownBy(() -> store.stacks().page(Optional.of(cursor), 1)).isInstanceOf(CursorException.class);
        assertThatThrownBy(() -> store.binaries().page(Optional.of(cursor), 1)).isInstanceOf(CursorException.class);
    }

    // Batches

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

    // Sightings

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

    // Binaries

    @Test
    void countsFramesOfEachBinaryAndRemembersWhereItWasMapped() {
        BuildId app = BuildId.parse("0badcafe").orElseThrow();
        Stack both = new Stack(
                List.of(
                        inFile(LIBC, 1),
                        inFile(LIBC, 2),
                        inFile(app, 1L << 50),
                        new Frame.Named("jvm", "a.B.c", "", 0),
                        inFile(LIBC, 3)),
                false);
        try (BatchTransaction transaction = store.batches().begin()) {
            transaction.series(series("a"), SampleType.Aggregation.SUM);
            transaction.add(Packing.pack(both, transaction.bases()), 10, NOON);
            transaction.add(Packing.pack(stack(1), transaction.bases()), 1, NOON - 1_000);
            transaction.mapped(LIBC, "/usr/lib/libc.so.6");
            transaction.mapped(LIBC, "/usr/lib/libc.so.6");
            transaction.mapped(LIBC, "/snap/libc.so.6");
            stored(transaction.commit(""));
        }
        put(store, stack(7));
        SeenBinary libc = new SeenBinary(
                LIBC,
                List.of("/usr/lib/libc.so.6", "/snap/libc.so.6"),
                32,
                Instant.ofEpochMilli(NOON - 1_000),
                Instant.ofEpochMilli(NOON));
        assertThat(store.binaries().find(LIBC)).contains(libc);
        assertThat(store.binaries().module(LIBC)).contains("libc.so.6");
        assertThat(store.binaries().module(app)).isEmpty();
        assertThat(store.binaries().page(Optional.empty(), 9).items())
                .containsExactly(
                        libc,
                        new SeenBinary(app, List.of(), 10, Instant.ofEpochMilli(NOON), Instant.ofEpochMilli(NOON)));
    }

    @Test
    void countsFramesOfABatchThroughManyBinaries() {
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            for (int binary : new int[] {i, i / 2}) {
                frames.add(inFile(BuildId.of(new byte[] {2, (byte) binary, (byte) (binary >> 8), 1}), i));
            }
        }
        try (BatchTransaction transaction = store.batches().begin()) {
            transaction.series(series("a"), SampleType.Aggregation.SUM);
            transaction.add(Packing.pack(new Stack(frames, false), transaction.bases()), 3, NOON);
            stored(transaction.commit(""));
        }
        List<Long> counts = new ArrayList<>();
        store.binaries().walk(seen -> counts.add(seen.frames()));
        assertThat(counts).hasSize(500);
        assertThat(counts.subList(0, 250)).containsOnly(9L);
        assertThat(counts.subList(250, 500)).containsOnly(3L);
    }

    @Test
    void countsFramesOfKernelsAndOfFilesByHtlhash() {
        BuildId kernel = BuildId.parse("5f1c").orElseThrow();
        BuildId hash = BuildId.ofHtlhash(new byte[16]);
        put(store, new Stack(List.of(new Frame.InKernel(kernel, 1), inFile(hash, 2), inFile(hash, 3)), false));
        assertThat(store.binaries().find(kernel).orElseThrow().frames()).isEqualTo(1);
        assertThat(store.binaries().find(hash).orElseThrow().frames()).isEqualTo(2);
        assertThat(store.binaries().find(BuildId.of(new byte[16]))).isEmpty();
    }

    /// The kernel pads build-ids to 20 bytes, and a file's own may be shorter (XLT-12).
    @Test
    void aBinaryIsOneWhicheverFormItsBuildIdHas() {
        BuildId own = BuildId.parse("0102030405060708").orElseThrow();
        BuildId padded = own.forms().getLast();
        StackId paddedStack = seen(padded, "/opt/padded", 3, NOON);
        assertThat(store.binaries().find(own).orElseThrow().buildId()).isEqualTo(padded);
        StackId ownStack = seen(own, "/opt/own", 5, NOON + 1_000);

        SeenBinary both = new SeenBinary(
                own,
                List.of("/opt/padded", "/opt/own"),
                8,
                Instant.ofEpochMilli(NOON),
                Instant.ofEpochMilli(NOON + 1_000));
        assertThat(store.binaries().find(padded)).contains(both);
        assertThat(store.binaries().find(own)).contains(both);
        assertThat(store.binaries().module(padded)).contains("padded");
        assertThat(store.binaries().page(Optional.empty(), 9).items()).containsExactly(both);
        assertThat(store.stacks().find(paddedStack).orElseThrow().frames())
                .as("a stack keeps what was sent first")
                .containsExactly(inFile(padded, 1));
        assertThat(ownStack).isEqualTo(paddedStack);
    }

    private StackId seen(BuildId buildId, String path, long value, long time) {
        try (BatchTransaction transaction = store.batches().begin()) {
            transaction.series(series("a"), SampleType.Aggregation.SUM);
            transaction.add(
                    Packing.pack(new Stack(List.of(inFile(buildId, 1)), false), transaction.bases()), value, time);
            transaction.mapped(buildId, path);
            return stored(transaction.commit("")).ids().getFirst();
        }
    }

    @Test
    void pagesThroughBinariesWithMostFramesFirst() {
        List<BuildId> ids = new ArrayList<>();
        for (int i : new int[] {5, 0x80, 1, 0xff, 3}) {
            ids.add(BuildId.of(new byte[] {(byte) i, 1, 0}));
        }
        long[] frames = {7, 2, 7, 9, 1};
        for (int i = 0; i < frames.length; i++) {
            seen(ids.get(i), "/a", frames[i], NOON);
        }
        seen(ids.get(4), "/a", 2, NOON);
        List<BuildId> expected = List.of(ids.get(3), ids.get(2), ids.get(0), ids.get(4), ids.get(1));

        assertThat(ids(store.binaries().page(Optional.empty(), 9))).isEqualTo(expected);
        Page<SeenBinary> first = store.binaries().page(Optional.empty(), 2);
        assertThat(ids(first)).isEqualTo(expected.subList(0, 2));
        Page<SeenBinary> second = store.binaries().page(first.cursor(), 2);
        assertThat(ids(second)).isEqualTo(expected.subList(2, 4));
        Page<SeenBinary> last = store.binaries().page(second.cursor(), 2);
        assertThat(ids(last)).isEqualTo(expected.subList(4, 5));
        assertThat(last.next()).isNull();
        assertThat(store.binaries().page(Optional.empty(), 5).next()).isNull();
    }

    @Test
    void walksBinariesUntilItIsTold() {
        for (int i = 0; i < 600; i++) {
            seen(BuildId.of(new byte[] {1, (byte) i, (byte) (i >> 8), 1}), "/a", 1_000 - i, NOON);
        }
        List<Long> all = new ArrayList<>();
        store.binaries().walk(seen -> all.add(seen.frames()));
        assertThat(all).hasSize(600).isSortedAccordingTo(Comparator.reverseOrder());
        List<Long> some = new ArrayList<>();
        store.binaries().walk(seen -> {
            some.add(seen.frames());
            return some.size() < 300;
        });
        assertThat(some).isEqualTo(all.subList(0, 300));
    }

    private static List<BuildId> ids(Page<SeenBinary> page) {
        return page.items().stream().map(SeenBinary::buildId).toList();
    }

    @Test
    void remembersAFewPathsOfABinary() {
        for (int i = 0; i < 20; i++) {
            seen(LIBC, "/copy/" + i, 1, NOON);
        }
        assertThat(store.binaries().find(LIBC).orElseThrow().paths()).hasSize(SeenBinary.MAX_PATHS);
    }

    // Space

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

    // What the tests are made of

    /// Begins a named batch that was not there before.
    private static BatchTransaction fresh(Store store, BatchStore.Key key) {
        BeginResult begun = store.batches().begin(key, CONTENT);
        assertThat(begun).isInstanceOf(BeginResult.New.class);
        return ((BeginResult.New) begun).transaction();
    }

    /// Takes a named batch, or gets the answer of the first time.
    private static CommittedBatch named(
            Store store, BatchStore.Key key, byte[] content, String details, Stack... stacks) {
        return switch (store.batches().begin(key, content)) {
            case BeginResult.New(var transaction) -> commit(transaction, details, stacks);
            case BeginResult.Replay(var batch) -> batch;
            case BeginResult.Conflict conflict -> throw new AssertionError(conflict);
        };
    }

    private static CommittedBatch commit(BatchTransaction open, String details, Stack... stacks) {
        try (BatchTransaction transaction = open) {
            addAll(transaction, stacks);
            return stored(transaction.commit(details));
        }
    }

    private static CommittedBatch put(Store store, Stack... stacks) {
        return stored(commit(store, stacks));
    }

    private static CommitResult commit(Store into, Stack... stacks) {
        try (BatchTransaction transaction = into.batches().begin()) {
            addAll(transaction, stacks);
            return transaction.commit("");
        }
    }

    private static void addAll(BatchTransaction transaction, Stack... stacks) {
        transaction.series(series("a"), SampleType.Aggregation.SUM);
        for (Stack stack : stacks) {
            transaction.add(Packing.pack(stack, transaction.bases()), 1, NOON);
        }
    }

    private static CommittedBatch stored(CommitResult commit) {
        assertThat(commit).isInstanceOf(CommitResult.Stored.class);
        return ((CommitResult.Stored) commit).batch();
    }

    /// A series of samples with one label.
    protected static Series series(String service) {
        Labels.Builder labels = new Labels.Builder();
        assertThat(labels.add("service", service)).isEmpty();
        return new Series(SampleType.SAMPLES, labels.build());
    }

    /// A stack with the numbers of an transaction.
    protected static PackedStack packed(BatchTransaction transaction, long offset) {
        return Packing.pack(stack(offset), transaction.bases());
    }

    /// Every sighting in a range of buckets as `bucket: value`, in the order of the scan.
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

    /// What was counted of a stack, over all series and times.
    private static long values(Store store, Stack stack) {
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

    private static Stack[] many(int from, int count) {
        Stack[] stacks = new Stack[count];
        for (int i = 0; i < count; i++) {
            stacks[i] = stack(from + i);
        }
        return stacks;
    }

    private static Stack deep(int seed) {
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            frames.add(inFile(LIBC, (long) seed + i));
        }
        return new Stack(frames, false);
    }

    /// One frame in libc, and a raw one below it.
    private static Stack stack(long offset) {
        return new Stack(
                List.of(inFile(LIBC, offset), new Frame.Raw(0x7fff_0000_0001L, Frame.Reason.ANONYMOUS)), false);
    }

    private static Frame inFile(BuildId buildId, long offset) {
        return new Frame.InFile(buildId, new FileOffset(offset));
    }
}
