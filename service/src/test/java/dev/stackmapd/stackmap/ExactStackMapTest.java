package dev.stackmapd.stackmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExactStackMapTest {
    private final FrameBases bases = Packing.bases(8);
    private final ExactStackMap map = new ExactStackMap(bases, 64 << 20);

    @Test
    void entriesAreNumberedByArrivalAndToldApartFromNewOnes() {
        assertThat(map.find(raw(1))).isEqualTo(ExactStackMap.NONE);
        assertThat(map.insert(raw(1))).isEqualTo(~0);
        assertThat(map.insert(raw(2))).isEqualTo(~1);
        assertThat(map.insert(raw(1))).isZero();
        assertThat(map.find(raw(2))).isEqualTo(1);
        assertThat(map.entryOf(map.id(1))).isEqualTo(1);
        assertThat(map.entryOf(new StackId(0, 0))).isEqualTo(ExactStackMap.NONE);
        assertThat(map.stack(1)).isEqualTo(raw(2).toStack(bases));
        assertThat(map.id(1)).isEqualTo(StackId.of(raw(2).toStack(bases)));
    }

    /// DEV-01: Appendix B's pairs share 32 bits of jhash2, and here are two stacks.
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
        assertThat(map.insert(first)).isEqualTo(~0);
        assertThat(map.insert(second)).isEqualTo(~1);
        assertThat(OfferedMaps.of(map).get(map.id(0))).contains(first.toStack(bases));
        assertThat(OfferedMaps.of(map).get(map.id(1))).contains(second.toStack(bases));
    }

    @Test
    void lengthAndCutFlagTellStacksApart() {
        PackedStack cut = raw(5);
        cut.markTruncated();
        assertThat(map.insert(raw(5))).isEqualTo(~0);
        assertThat(map.insert(raw(5, 0))).isEqualTo(~1);
        assertThat(map.insert(raw(5, 0, 0))).isEqualTo(~2);
        assertThat(map.insert(cut)).isEqualTo(~3);
        assertThat(map.stack(3).truncated()).isTrue();
    }

    @Test
    void sameFramesWithOtherReasonsAreOneStackAndTheFirstReasonStays() {
        PackedStack one = reasoned(7, Frame.Reason.UNREADABLE);
        PackedStack other = reasoned(7, Frame.Reason.STALE_FILE);
        assertThat(map.insert(one)).isEqualTo(~0);
        long before = map.counters().bytes();
        assertThat(map.insert(other)).isZero();
        assertThat(map.find(other)).isZero();
        assertThat(map.stack(0)).isEqualTo(one.toStack(bases));
        assertThat(map.size()).isEqualTo(1);
        assertThat(map.counters().aliases()).isEqualTo(1);
        assertThat(map.counters().bytes()).isEqualTo(before + ExactStackMap.ALIAS_BYTES);
    }

    @Test
    void dev07KnownStacksSucceedWhenFull() {
        ExactStackMap small = new ExactStackMap(bases, 2 * ExactStackMap.cost(raw(1)));
        assertThat(small.insert(reasoned(1, Frame.Reason.SPECIAL))).isEqualTo(~0);
        assertThat(small.insert(raw(2))).isEqualTo(~1);
        assertThat(small.insert(raw(3))).isEqualTo(ExactStackMap.NO_ROOM);
        assertThat(OfferedMaps.offer(small, raw(3))).isEqualTo(new Insertion.NoRoom<>());
        assertThat(small.insert(raw(2))).isEqualTo(1);
        assertThat(small.insert(reasoned(1, Frame.Reason.MARKER)))
                .as("an alias without room")
                .isZero();
        assertThat(small.counters())
                .isEqualTo(
                        new ExactCounters(2, 2, 0, 2, 2 * ExactStackMap.cost(raw(1)), 2 * ExactStackMap.cost(raw(1))));
    }

    @Test
    void aReservationIsUsedUpExactly() {
        long cost = ExactStackMap.cost(raw(1));
        ExactStackMap small = new ExactStackMap(bases, 5 * cost);
        assertThat(small.reserve(6 * cost)).isFalse();
        assertThat(small.reserve(4 * cost)).isTrue();
        assertThat(small.insert(raw(9))).as("beside the reservation").isEqualTo(~0);
        assertThat(small.insert(raw(8))).isEqualTo(ExactStackMap.NO_ROOM);
        assertThat(small.insertReserved(raw(1))).isEqualTo(~1);
        assertThat(small.insertReserved(raw(1)))
                .as("a duplicate gives its share back")
                .isEqualTo(1);
        assertThat(small.counters().bytes()).isEqualTo(4 * cost);
        assertThat(small.insertReserved(reasoned(1, Frame.Reason.SPECIAL))).isEqualTo(1);
        assertThat(small.counters().bytes()).isEqualTo(3 * cost + ExactStackMap.ALIAS_BYTES);
        small.release(cost);
        assertThat(small.counters().bytes()).isEqualTo(2 * cost + ExactStackMap.ALIAS_BYTES);
        assertThatThrownBy(() -> small.release(3 * cost)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aStackHasAFrame() {
        assertThatThrownBy(() -> map.insert(new PackedStack())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> map.id(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> map.stack(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> map.reserve(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ExactStackMap(bases, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ExactStackMap(bases, Long.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void stacksLongerThanAChunkComeBack() {
        long[] deep = new Random(1).longs(WordArena.CHUNK_WORDS + 1000).toArray();
        map.insert(raw(1));
        assertThat(map.insert(raw(deep))).isEqualTo(~1);
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
            assertThat(map.insert(stack)).isEqualTo(known == null ? ~(oracle.size() - 1) : known);
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
    void everyCountPagesRightAcrossSortedRuns(int count) {
        TreeSet<StackId> ids = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            map.insert(raw(i));
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
            sum += ExactStackMap.cost(stack);
            map.insert(stack);
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
        ExactStackMap small = new ExactStackMap(bases, room * ExactStackMap.cost(raw(1)));
        AtomicLong fresh = new AtomicLong();
        StackMapContract.together(64, thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 2_000; i++) {
                PackedStack stack = raw(random.nextInt(1_000));
                int outcome = random.nextBoolean() ? small.insert(stack) : reserved(small, stack);
                if (outcome != ExactStackMap.NO_ROOM) {
                    assertThat(small.find(stack)).isEqualTo(outcome < 0 ? ~outcome : outcome);
                }
                fresh.addAndGet(outcome < 0 && outcome != ExactStackMap.NO_ROOM ? 1 : 0);
            }
        });
        assertThat(fresh).hasValue(room);
        assertThat(small.size()).isEqualTo((int) room);
        assertThat(small.counters().bytes()).isEqualTo(small.counters().maxBytes());
    }

    private static int reserved(ExactStackMap map, PackedStack stack) {
        return map.reserve(ExactStackMap.cost(stack)) ? map.insertReserved(stack) : map.insert(stack);
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
