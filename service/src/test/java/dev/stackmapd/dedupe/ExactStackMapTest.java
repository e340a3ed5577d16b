package dev.stackmapd.dedupe;

import static dev.stackmapd.dedupe.OfferedMaps.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.kernelmap.KernelFixture;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExactStackMapTest {
    /// Of a stack that takes one word.
    private static final long COST = ExactStackMap.ENTRY_BYTES + Long.BYTES;

    private final FrameBases bases = Packing.bases(8);
    private final ExactStackMap map = new ExactStackMap(bases, 64 << 20);

    @Test
    void entriesAreNumberedByArrivalAndToldApartFromNewOnes() {
        assertThat(map.find(raw(1))).isEqualTo(ExactStackMap.NONE);
        assertThat(insert(map, raw(1))).isEqualTo(~0);
        assertThat(insert(map, raw(2))).isEqualTo(~1);
        assertThat(insert(map, raw(1))).isZero();
        assertThat(map.find(raw(2))).isEqualTo(1);
        assertThat(map.entryOf(map.id(1))).isEqualTo(1);
        assertThat(map.entryOf(new StackId(0, 0))).isEqualTo(ExactStackMap.NONE);
        assertThat(map.stack(1)).isEqualTo(raw(2).toStack(bases));
        assertThat(map.id(1)).isEqualTo(StackId.of(raw(2).toStack(bases)));
    }

    /// DEV-01: the pairs of `KERNEL-RULES.md` share 32 bits of jhash2, and here are two stacks.
    @ParameterizedTest
    @CsvSource({
        "5baac0, 72e1f0",
        "6ef770, 7530b0",
        "718360, 8cd7f0",
        "6abb10, 909060",
        "4f23a0 500000, 921670 500000",
        "76bcb0 500000, 9c5d20 500000",
        "793290, 564fb0 500000",
        "62c0e0, 458190 500000"
    })
    void dev01CollidingPairsAreTwoStacks(String one, String other) {
        PackedStack first = raw(KernelFixture.ips(one));
        PackedStack second = raw(KernelFixture.ips(other));
        assertThat(insert(map, first)).isEqualTo(~0);
        assertThat(insert(map, second)).isEqualTo(~1);
        assertThat(OfferedMaps.of(map).get(map.id(0))).contains(first.toStack(bases));
        assertThat(OfferedMaps.of(map).get(map.id(1))).contains(second.toStack(bases));
    }

    @Test
    void lengthAndCutFlagTellStacksApart() {
        PackedStack cut = raw(5);
        cut.markTruncated();
        assertThat(insert(map, raw(5))).isEqualTo(~0);
        assertThat(insert(map, raw(5, 0))).isEqualTo(~1);
        assertThat(insert(map, raw(5, 0, 0))).isEqualTo(~2);
        assertThat(insert(map, cut)).isEqualTo(~3);
        assertThat(map.stack(3).truncated()).isTrue();
    }

    @Test
    void sameFramesWithOtherReasonsAreOneStackAndTheFirstReasonStays() {
        PackedStack one = reasoned(7, Frame.Reason.UNREADABLE);
        PackedStack other = reasoned(7, Frame.Reason.STALE_FILE);
        assertThat(insert(map, one)).isEqualTo(~0);
        long before = map.counters().bytes();
        assertThat(insert(map, other)).isZero();
        assertThat(map.find(other)).isZero();
        assertThat(map.stack(0)).isEqualTo(one.toStack(bases));
        assertThat(map.size()).isEqualTo(1);
        assertThat(map.counters().aliases()).isEqualTo(1);
        assertThat(map.counters().bytes()).isEqualTo(before + ExactStackMap.ALIAS_BYTES);
    }

    @Test
    void dev07KnownStacksSucceedWhenFull() {
        ExactStackMap small = new ExactStackMap(bases, 2 * COST);
        assertThat(insert(small, reasoned(1, Frame.Reason.SPECIAL))).isEqualTo(~0);
        assertThat(insert(small, raw(2))).isEqualTo(~1);
        assertThat(insert(small, raw(3))).isEqualTo(OfferedMaps.NO_ROOM);
        assertThat(OfferedMaps.offer(small, raw(3))).isEqualTo(new Insertion.NoRoom<>());
        assertThat(insert(small, raw(2))).isEqualTo(1);
        assertThat(small.counters()).isEqualTo(new ExactCounters(2, 1, 0, 2 * COST, 2 * COST));
    }

    @Test
    void aReservationIsUsedUpExactly() {
        ExactStackMap small = new ExactStackMap(bases, 5 * COST);
        ExactStackMap.NewStacks batch = small.new NewStacks();
        assertThat(batch.offer(raw(1))).isEqualTo(~0);
        assertThat(batch.offer(raw(1))).as("not known before it is stored").isEqualTo(~1);
        assertThat(batch.offer(reasoned(1, Frame.Reason.SPECIAL))).isEqualTo(~2);
        assertThat(batch.offer(raw(2))).isEqualTo(~3);
        assertThat(batch.cost()).isEqualTo(4 * COST);
        assertThat(small.reserve(6 * COST)).isFalse();
        assertThat(small.reserve(batch.cost())).isTrue();
        assertThat(insert(small, raw(9))).as("beside the reservation").isEqualTo(~0);
        assertThat(insert(small, raw(8))).isEqualTo(OfferedMaps.NO_ROOM);
        assertThat(batch.insert(0)).isEqualTo(~1);
        assertThat(batch.insert(1)).as("a duplicate gives its share back").isEqualTo(1);
        assertThat(small.counters().bytes()).isEqualTo(4 * COST);
        assertThat(batch.insert(2)).isEqualTo(1);
        assertThat(small.counters().bytes()).isEqualTo(3 * COST + ExactStackMap.ALIAS_BYTES);
        small.release(COST);
        assertThat(small.counters().bytes()).isEqualTo(2 * COST + ExactStackMap.ALIAS_BYTES);
        assertThatThrownBy(() -> small.release(3 * COST)).isInstanceOf(IllegalStateException.class);
    }

    /// Stacks of one batch lie behind each other, and each comes back as it was.
    @Test
    void manyStacksOfOneBatch() {
        ExactStackMap.NewStacks batch = map.new NewStacks();
        Random random = new Random(7);
        List<Stack> offered = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            PackedStack stack = raw(random.longs(1 + random.nextInt(200)).toArray());
            if (random.nextBoolean()) {
                stack.markTruncated();
            }
            offered.add(stack.toStack(bases));
            assertThat(batch.offer(stack)).isEqualTo(~i);
        }
        assertThat(map.reserve(batch.cost())).isTrue();
        for (int i = 0; i < 500; i++) {
            assertThat(batch.insert(i)).isEqualTo(~i);
            assertThat(map.stack(i)).isEqualTo(offered.get(i));
            assertThat(map.id(i)).isEqualTo(StackId.of(offered.get(i)));
        }
        assertThat(map.counters().bytes()).isEqualTo(batch.cost());
    }

    @Test
    void aStackHasAFrame() {
        assertThatThrownBy(() -> insert(map, new PackedStack())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> map.id(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> map.stack(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> map.reserve(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ExactStackMap(bases, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ExactStackMap(bases, Long.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void stacksLongerThanAChunkComeBack() {
        long[] deep = new Random(1).longs(WordArena.CHUNK_WORDS + 1000).toArray();
        insert(map, raw(1));
        assertThat(insert(map, raw(deep))).isEqualTo(~1);
        assertThat(map.find(raw(deep))).isEqualTo(1);
        assertThat(map.find(raw(1))).as("keys that were drawn stay").isZero();
        assertThat(map.stack(1)).isEqualTo(raw(deep).toStack(bases));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 20_261_123})
    void agreesWithAPlainMap(long seed) {
        Random random = new Random(seed);
        Map<Stack, Integer> oracle = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            PackedStack stack = random(random);
            Integer known = oracle.putIfAbsent(stack.toStack(bases), oracle.size());
            assertThat(insert(map, stack)).isEqualTo(known == null ? ~(oracle.size() - 1) : known);
        }
        TreeSet<StackId> ids = new TreeSet<>();
        oracle.forEach((stack, entry) -> {
            assertThat(map.stack(entry)).isEqualTo(stack);
            ids.add(map.id(entry));
        });
        assertThat(StackMapContract.pages(OfferedMaps.of(map), 999)).containsExactlyElementsOf(ids);
        for (int i = 0; i < 200; i++) {
            StackId anywhere = new StackId(random.nextLong(), random.nextLong());
            assertThat(map.after(anywhere, 5))
                    .isEqualTo(ids.tailSet(anywhere, false).stream().limit(5).toList());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1023, 1024, 1025, 2048, 3071, 3072, 5000})
    void everyCountPagesInTheOrderOfIds(int count) {
        TreeSet<StackId> ids = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            insert(map, raw(i));
            ids.add(map.id(i));
        }
        assertThat(map.first(Integer.MAX_VALUE)).containsExactlyElementsOf(ids);
        assertThat(map.after(new StackId(-1, -1), 10)).isEmpty();
        assertThat(map.after(ids.last(), 10)).isEmpty();
    }

    /// BUG-01, BUG-06: what the arrays hold stays within what was charged.
    @ParameterizedTest(name = "{0} frames")
    @ValueSource(ints = {1, 40})
    void chargedBytesCoverTheArraysHeld(int depth) {
        Random random = new Random(depth);
        long sum = 0;
        for (int i = 0; i < 40_000; i++) {
            PackedStack stack = raw(random.longs(depth).toArray());
            ExactStackMap.NewStacks one = map.new NewStacks();
            assertThat(one.offer(stack)).isEqualTo(~0);
            sum += one.cost();
            assertThat(map.reserve(one.cost())).isTrue();
            assertThat(one.insert(0)).isEqualTo(~i);
            if (i % 100 == 0) {
                assertThat(map.heldBytes()).isLessThanOrEqualTo(map.counters().bytes() + ExactStackMap.FIXED_BYTES);
            }
        }
        assertThat(map.counters().bytes()).isEqualTo(sum);
    }

    /// 64 threads, the last of the budget: it is neither exceeded nor lost, and known stacks go on.
    @Test
    void theBudgetIsExactUnderRaces() throws Exception {
        long room = 500;
        ExactStackMap small = new ExactStackMap(bases, room * COST);
        AtomicLong fresh = new AtomicLong();
        StackMapContract.together(64, thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 2_000; i++) {
                PackedStack stack = raw(random.nextInt(1_000));
                int outcome = insert(small, stack);
                if (outcome != OfferedMaps.NO_ROOM) {
                    assertThat(small.find(stack)).isEqualTo(outcome < 0 ? ~outcome : outcome);
                }
                fresh.addAndGet(outcome < 0 && outcome != OfferedMaps.NO_ROOM ? 1 : 0);
            }
        });
        assertThat(fresh).hasValue(room);
        assertThat(small.size()).isEqualTo((int) room);
        assertThat(small.counters().bytes()).isEqualTo(small.counters().maxBytes());
    }

    private PackedStack random(Random random) {
        PackedStack stack = new PackedStack();
        int depth = 1 + random.nextInt(3);
        for (int i = 0; i < depth; i++) {
            if (random.nextBoolean()) {
                BuildId buildId = BuildId.of(new byte[] {(byte) random.nextInt(8)});
                stack.addBased(Packing.numberOf(bases, buildId), random.nextInt(30));
            } else {
                stack.addRaw(random.nextInt(30) - 15L, Frame.Reason.NO_MAPPING);
            }
        }
        if (random.nextBoolean()) {
            stack.markTruncated();
        }
        return stack;
    }

    private static PackedStack raw(long... addresses) {
        PackedStack stack = new PackedStack();
        for (long address : addresses) {
            stack.addRaw(address, Frame.Reason.NO_MAPPING);
        }
        return stack;
    }

    private static PackedStack reasoned(long address, Frame.Reason reason) {
        PackedStack stack = new PackedStack();
        stack.addRaw(address, reason);
        return stack;
    }
}
