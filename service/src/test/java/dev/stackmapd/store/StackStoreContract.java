package dev.stackmapd.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.BuildIds;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.Intake.Commit;
import java.time.Instant;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [StackStore] promises. A new store extends this and adds nothing but `open`.
public abstract class StackStoreContract {
    private static final long NOON = Instant.parse("2026-11-23T12:00:00Z").toEpochMilli();
    private static final BuildId LIBC = BuildId.parse("93ac61ec").orElseThrow();
    private static final int SMALL = 1 << 20;

    protected final BuildIds buildIds = new BuildIds(1_000);

    @SuppressWarnings("NullAway.Init") // JUnit opens it before each test
    private StackStore store;

    /// A new, empty store.
    ///
    /// @param maxBytes room for stacks
    protected abstract StackStore open(long maxBytes);

    @BeforeEach
    void openStore() {
        store = open(64L << 20);
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void givesBackTheFramesOfAStackLeafFirst() {
        Commit.Stored stored = put(packed(1, 2));
        StoredStack found = store.find(stored.ids().getFirst()).orElseThrow();
        assertThat(found.stack())
                .isEqualTo(new Stack(
                        List.of(
                                new Frame.InFile(LIBC, new FileOffset(1)),
                                new Frame.InFile(LIBC, new FileOffset(2)),
                                new Frame.Raw(0x7fff_0000_0001L, Frame.Reason.ANONYMOUS)),
                        false));
        assertThat(found.id()).isEqualTo(StackId.of(found.stack()));
    }

    @Test
    void countsAStackThatIsNamedByItsId() {
        StackId id = put(packed(1)).ids().getFirst();
        Intake intake = store.open();
        assertThat(intake.add(id, 4, NOON + 1_000)).isTrue();
        intake.add(packed(2), 1, NOON);
        assertThat(intake.add(id, 5, NOON - 1_000)).isTrue();
        Commit.Stored stored = stored(intake.commit());

        assertThat(stored.ids()).hasSize(3).startsWith(id).endsWith(id);
        assertThat(stored.added()).isEqualTo(1);
        StoredStack found = store.find(id).orElseThrow();
        assertThat(found.count()).isEqualTo(10);
        assertThat(found.firstSeen()).isEqualTo(Instant.ofEpochMilli(NOON - 1_000));
        assertThat(found.lastSeen()).isEqualTo(Instant.ofEpochMilli(NOON + 1_000));
        assertThat(store.binary(LIBC).orElseThrow().frames())
                .as("two of its frames lie in the binary, one of the other stack's")
                .isEqualTo(framesIn(packed(1)) * 10 + framesIn(packed(2)));
    }

    @Test
    void doesNotTakeAnUnknownId() {
        StackId id = put(packed(1)).ids().getFirst();
        Intake intake = store.open();
        assertThat(intake.add(new StackId(id.high(), id.low() + 1), 1, NOON)).isFalse();
        assertThat(intake.add(id, 1, NOON)).isTrue();
        assertThat(stored(intake.commit()).ids()).containsExactly(id);
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void keepsItsDigestKey() {
        assertThat(store.digestKey()).hasSize(32).isEqualTo(store.digestKey()).isNotEqualTo(new byte[32]);
        store.digestKey()[0]++;
        assertThat(store.digestKey()).isEqualTo(store.digestKey());
    }

    private static long framesIn(PackedStack stack) {
        long frames = 0;
        for (int at = stack.nextInFile(0); at != PackedStack.END; at = stack.nextInFile(at + 1)) {
            frames++;
        }
        return frames;
    }

    @Test
    void keepsAStackOnceAndCountsIt() {
        Commit.Stored first = put(packed(1), packed(2), packed(1));
        assertThat(first.added()).isEqualTo(2);
        assertThat(first.ids().get(0))
                .isEqualTo(first.ids().get(2))
                .isNotEqualTo(first.ids().get(1));
        Commit.Stored second = put(packed(2));
        assertThat(second.added()).isZero();
        assertThat(store.size()).isEqualTo(2);
        assertThat(store.find(first.ids().get(0)).orElseThrow().count()).isEqualTo(2);
        assertThat(store.find(first.ids().get(1)).orElseThrow().count()).isEqualTo(2);
    }

    @Test
    void sumsCountsAndKeepsTheEarliestAndLatestTime() {
        Intake intake = store.open();
        intake.add(packed(1), 5, NOON);
        intake.add(packed(1), 1L << 48, NOON - 1_000);
        intake.add(packed(1), 2, NOON + 1_000);
        StackId id = stored(intake.commit()).ids().getFirst();
        StoredStack found = store.find(id).orElseThrow();
        assertThat(found.count()).isEqualTo((1L << 48) + 7);
        assertThat(found.firstSeen()).isEqualTo(Instant.ofEpochMilli(NOON - 1_000));
        assertThat(found.lastSeen()).isEqualTo(Instant.ofEpochMilli(NOON + 1_000));
    }

    @Test
    void aCutStackAndAWholeOneAreDifferent() {
        PackedStack cut = packed(1);
        cut.markTruncated();
        Commit.Stored stored = put(cut, packed(1));
        assertThat(stored.added()).isEqualTo(2);
        assertThat(store.find(stored.ids().getFirst()).orElseThrow().stack().truncated())
                .isTrue();
    }

    @Test
    void anIntakeThatIsNotCommittedLeavesNothing() {
        store.open().add(packed(1), 1, NOON);
        assertThat(store.size()).isZero();
        assertThat(store.firstIds(10)).isEmpty();
    }

    @Test
    void anUnknownIdIsEmpty() {
        assertThat(store.find(new StackId(1, 2))).isEmpty();
    }

    @Test
    void pagesThroughIdsInAscendingOrder() {
        List<StackId> ids = new ArrayList<>(put(many(0, 250)).ids());
        Collections.sort(ids);
        assertThat(store.firstIds(100)).isEqualTo(ids.subList(0, 100));
        assertThat(store.idsAfter(ids.get(99), 100)).isEqualTo(ids.subList(100, 200));
        assertThat(store.idsAfter(ids.get(199), 100)).isEqualTo(ids.subList(200, 250));
        assertThat(store.idsAfter(ids.get(249), 100)).isEmpty();
    }

    @Test
    void aCursorNeedNotBeStored_DEV14() {
        List<StackId> ids = new ArrayList<>(put(many(0, 20)).ids());
        Collections.sort(ids);
        StackId between = new StackId(ids.get(9).high(), ids.get(9).low() + 1);
        assertThat(store.idsAfter(between, 5)).isEqualTo(ids.subList(10, 15));
        assertThat(store.idsAfter(new StackId(0, 0), 3)).isEqualTo(ids.subList(0, 3));
        assertThat(store.idsAfter(new StackId(-1, -1), 3)).isEmpty();
    }

    /// Stores one stack after the other until one is refused.
    ///
    /// @return a number whose stack is not stored
    private int fill(StackStore store) {
        int next = 0;
        while (commit(store, packed(next)) instanceof Commit.Stored) {
            next++;
        }
        return next + 1;
    }

    @Test
    void aFullStoreRefusesABatchWholeAndStillCountsKnownStacks_DEV07() {
        try (StackStore small = open(SMALL)) {
            StackId known = stored(commit(small, packed(-1))).ids().getFirst();
            int next = fill(small);
            long before = small.size();
            assertThat(commit(small, packed(-1), packed(next), deep(next + 1)))
                    .isInstanceOfSatisfying(
                            Commit.Full.class,
                            full -> assertThat(full.capacity()).isEqualTo(SMALL));
            assertThat(small.size()).isEqualTo(before);
            assertThat(small.find(known).orElseThrow().count()).isEqualTo(1);
            assertThat(stored(commit(small, packed(-1))).added()).isZero();
            assertThat(small.find(known).orElseThrow().count()).isEqualTo(2);
            assertThat(small.bytes()).isLessThanOrEqualTo(small.capacity());
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
                        answered.addAll(put(many(from + i, 50)).ids());
                    }
                    return null;
                });
                work.add(() -> {
                    for (int i = 0; i < each; i++) {
                        for (StackId id : store.firstIds(1_000)) {
                            store.find(id)
                                    .ifPresent(s ->
                                            assertThat(StackId.of(s.stack())).isEqualTo(id));
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        }
        assertThat(store.firstIds(100_000)).containsExactlyElementsOf(answered);
        long sightings = answered.stream()
                .mapToLong(id -> store.find(id).orElseThrow().count())
                .sum();
        assertThat(sightings).isEqualTo((long) writers * each * 50);
    }

    @Test
    void countsFramesOfEachBinaryAndRemembersWhereItWasMapped() {
        BuildId app = BuildId.parse("0badcafe").orElseThrow();
        PackedStack both = packed(1, 2);
        both.addInFile(Packing.numberOf(buildIds, app), 1L << 50);
        both.addInFile(Packing.numberOf(buildIds, LIBC), 3);
        Intake intake = store.open();
        intake.add(both, 10, NOON);
        intake.add(packed(1), 1, NOON - 1_000);
        intake.mapped(LIBC, "/usr/lib/libc.so.6");
        intake.mapped(LIBC, "/usr/lib/libc.so.6");
        intake.mapped(LIBC, "/snap/libc.so.6");
        stored(intake.commit());
        put(packed(7));
        assertThat(store.binary(LIBC))
                .contains(new SeenBinary(
                        LIBC,
                        List.of("/usr/lib/libc.so.6", "/snap/libc.so.6"),
                        32,
                        Instant.ofEpochMilli(NOON - 1_000),
                        Instant.ofEpochMilli(NOON)));
        assertThat(store.module(LIBC)).contains("libc.so.6");
        assertThat(store.binary(app))
                .contains(new SeenBinary(app, List.of(), 10, Instant.ofEpochMilli(NOON), Instant.ofEpochMilli(NOON)));
        assertThat(store.module(app)).isEmpty();
        List<BuildId> all = new ArrayList<>();
        store.forEachBinary(binary -> all.add(binary.buildId()));
        assertThat(all).containsExactlyInAnyOrder(LIBC, app);
    }

    /// The kernel pads build-ids to 20 bytes, and a file's own may be shorter (XLT-12).
    @Test
    void aBinaryIsOneWhicheverFormItsBuildIdHas() {
        BuildId own = BuildId.parse("0102030405060708").orElseThrow();
        BuildId padded = own.forms().getLast();
        Intake first = store.open();
        first.add(through(padded), 3, NOON);
        first.mapped(padded, "/opt/padded");
        StackId paddedStack = stored(first.commit()).ids().getFirst();
        assertThat(store.binary(own).orElseThrow().buildId()).isEqualTo(padded);

        Intake second = store.open();
        second.add(through(own), 4, NOON + 1_000);
        second.add(through(padded), 1, NOON);
        second.mapped(own, "/opt/own");
        StackId ownStack = stored(second.commit()).ids().getFirst();

        SeenBinary both = new SeenBinary(
                own,
                List.of("/opt/padded", "/opt/own"),
                8,
                Instant.ofEpochMilli(NOON),
                Instant.ofEpochMilli(NOON + 1_000));
        assertThat(store.binary(padded)).contains(both);
        assertThat(store.binary(own)).contains(both);
        assertThat(store.module(padded)).contains("padded");
        List<SeenBinary> all = new ArrayList<>();
        store.forEachBinary(all::add);
        assertThat(all).containsExactly(both);
        assertThat(store.find(paddedStack).orElseThrow().stack().frames())
                .as("a stack keeps what was sent first")
                .contains(new Frame.InFile(padded, new FileOffset(1)));
        assertThat(ownStack).isEqualTo(paddedStack);
    }

    @Test
    void pagesThroughBinariesInTheOrderOfTheirBuildIds() {
        List<BuildId> ids = new ArrayList<>();
        for (int i : new int[] {5, 0x80, 1, 0xff, 3}) {
            ids.add(BuildId.of(new byte[] {(byte) i, 1, 0}));
        }
        Intake intake = store.open();
        ids.forEach(id -> intake.add(through(id), 1, NOON));
        stored(intake.commit());
        List<BuildId> ascending = ids.stream().sorted().toList();

        assertThat(ids(store.binaries(Optional.empty(), 5))).isEqualTo(ascending);
        assertThat(ids(store.binaries(Optional.empty(), 2))).isEqualTo(ascending.subList(0, 2));
        assertThat(ids(store.binaries(Optional.of(ascending.get(1)), 2))).isEqualTo(ascending.subList(2, 4));
        assertThat(ids(store.binaries(Optional.of(ascending.get(1).unpadded()), 9)))
                .as("behind any form of a build-id")
                .isEqualTo(ascending.subList(2, 5));
        assertThat(ids(store.binaries(Optional.of(BuildId.of(new byte[] {4})), 1)))
                .as("behind one that is not there")
                .isEqualTo(ascending.subList(2, 3));
        assertThat(store.binaries(Optional.of(ascending.getLast()), 1)).isEmpty();
    }

    private static List<BuildId> ids(List<SeenBinary> binaries) {
        return binaries.stream().map(SeenBinary::buildId).toList();
    }

    private PackedStack through(BuildId buildId) {
        PackedStack stack = new PackedStack();
        stack.addInFile(Packing.numberOf(buildIds, buildId), 1);
        return stack;
    }

    @Test
    void framesOfABinaryStayAtTheLargestNumber() {
        PackedStack stack = packed(new long[100]);
        for (int i = 0; i < 1 << 10; i++) {
            Intake intake = store.open();
            for (int j = 0; j < 3; j++) {
                intake.add(stack, 1L << 48, NOON);
            }
            stored(intake.commit());
        }
        assertThat(store.binary(LIBC).orElseThrow().frames()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void remembersAFewPathsOfABinary() {
        for (int i = 0; i < 20; i++) {
            Intake intake = store.open();
            intake.add(packed(1), 1, NOON);
            intake.mapped(LIBC, "/copy/" + i);
            stored(intake.commit());
        }
        assertThat(store.binary(LIBC).orElseThrow().paths()).hasSize(SeenBinary.MAX_PATHS);
    }

    @Test
    void aFullStoreStillCountsKnownStacksThatAreMappedElsewhere_DEV07() {
        try (StackStore small = open(SMALL)) {
            StackId known = stored(commit(small, packed(-1))).ids().getFirst();
            fill(small);
            Intake intake = small.open();
            intake.add(packed(-1), 1, NOON);
            intake.mapped(LIBC, "/elsewhere/" + "x".repeat(SMALL));
            assertThat(stored(intake.commit()).added()).isZero();
            assertThat(small.find(known).orElseThrow().count()).isEqualTo(2);
            assertThat(small.binary(LIBC).orElseThrow().paths()).isEmpty();
        }
    }

    @Test
    void aBatchThatIsRefusedWasNotSeen() {
        try (StackStore small = open(SMALL)) {
            BuildId app = BuildId.parse("0badcafe").orElseThrow();
            fill(small);
            long frames = small.binary(LIBC).orElseThrow().frames();
            PackedStack through = deep(1 << 20);
            through.addInFile(Packing.numberOf(buildIds, app), 1);
            assertThat(commit(small, through)).isInstanceOf(Commit.Full.class);
            assertThat(small.binary(app)).isEmpty();
            assertThat(small.binary(LIBC).orElseThrow().frames()).isEqualTo(frames);
        }
    }

    private Commit.Stored put(PackedStack... stacks) {
        return stored(commit(store, stacks));
    }

    private static Commit.Stored stored(Commit commit) {
        assertThat(commit).isInstanceOf(Commit.Stored.class);
        return (Commit.Stored) commit;
    }

    private static Commit commit(StackStore into, PackedStack... stacks) {
        Intake intake = into.open();
        for (PackedStack stack : stacks) {
            intake.add(stack, 1, NOON);
        }
        return intake.commit();
    }

    private PackedStack[] many(int from, int count) {
        PackedStack[] stacks = new PackedStack[count];
        for (int i = 0; i < count; i++) {
            stacks[i] = packed(from + i);
        }
        return stacks;
    }

    private PackedStack deep(int seed) {
        long[] offsets = new long[1_000];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = (long) seed + i;
        }
        return packed(offsets);
    }

    /// One frame in libc for each offset, and a raw one below them.
    private PackedStack packed(long... offsets) {
        PackedStack stack = new PackedStack();
        int libc = Packing.numberOf(buildIds, LIBC);
        for (long offset : offsets) {
            stack.addInFile(libc, offset);
        }
        stack.addRaw(0x7fff_0000_0001L, Frame.Reason.ANONYMOUS);
        return stack;
    }
}
