package dev.stackmapd.kernelmap;

import static dev.stackmapd.kernelmap.KernelFixture.NEVER;
import static dev.stackmapd.kernelmap.KernelFixture.addresses;
import static dev.stackmapd.kernelmap.KernelFixture.buildIdMap;
import static dev.stackmapd.kernelmap.KernelFixture.insert;
import static dev.stackmapd.kernelmap.KernelFixture.ipMap;
import static dev.stackmapd.kernelmap.KernelFixture.ips;
import static dev.stackmapd.kernelmap.KernelFixture.translatingTo;
import static dev.stackmapd.kernelmap.KernelStackMap.FAST_STACK_CMP;
import static dev.stackmapd.kernelmap.KernelStackMap.REUSE_STACKID;
import static dev.stackmapd.kernelmap.KernelStackMap.USER_STACK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.dedupe.Insertion;
import dev.stackmapd.dedupe.OfferedMaps;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.kernelmap.KernelStackMap.Removal;
import dev.stackmapd.kernelmap.KernelStackMap.Translator;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Stack;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules MAP and SID of `KERNEL-RULES.md`; the expected numbers were observed on a live kernel.
class KernelStackMapTest {
    private static final int E2BIG = -7;
    private static final int ENOMEM = -12;
    private static final int EFAULT = -14;
    private static final int EEXIST = -17;
    private static final int EINVAL = -22;

    /// Share bucket 0 of a two-bucket map (2.3).
    private static final long A = 0x400010;
    private static final long B = 0x400030;
    /// Equal 32-bit hash, 1a731bb9 (`KERNEL-RULES.md`, jhash2).
    private static final long TWIN = 0x5baac0;
    private static final long OTHER_TWIN = 0x72e1f0;

    @ParameterizedTest
    @ValueSource(longs = {0x800, 0x1000, 1L << 63, -1})
    void sid01UnknownFlagsAreInvalid(long flags) {
        assertThat(insert(ipMap(8, 8), flags, A)).isEqualTo(EINVAL);
    }

    @Test
    void sid01EveryMixOfKnownFlagsIsAllowed() {
        for (long mix : new long[] {0, USER_STACK, FAST_STACK_CMP, REUSE_STACKID, 0x600, 0x700}) {
            assertThat(insert(ipMap(8, 8), mix, A)).isEqualTo(2);
        }
    }

    @Test
    void sid03TheRootEndIsCutOff() {
        KernelStackMap map = ipMap(16384, 2);
        int id = insert(map, 0, 0x401000, 0x402000, 0x403000);
        assertThat(id).isEqualTo(8802);
        assertThat(addresses(map, id)).containsExactly(0x401000L, 0x402000L);
        assertThat(map.get(id)).map(Stack::truncated).contains(true);
        assertThat(map.counters().truncated()).isEqualTo(1);
    }

    @Test
    void sid04SkipMustLeaveAFrame() {
        long[] seven = LongStream.rangeClosed(1, 7).toArray();
        KernelStackMap map = ipMap(1024, 127);
        assertThat(insert(map, 6, seven)).isNotNegative();
        assertThat(insert(map, 7, seven)).isEqualTo(EFAULT);
        assertThat(insert(map, 0)).isEqualTo(EFAULT);
        assertThat(insert(map, 127, LongStream.rangeClosed(1, 300).toArray())).isEqualTo(EFAULT);
        assertThat(map.counters().emptyOrOversizedSkip()).isEqualTo(3);
    }

    @Test
    void sid05SkippingDoesNotEatCapacity() {
        KernelStackMap map = ipMap(1024, 4);
        int id = insert(map, 3, LongStream.range(0, 11).map(i -> 0x1000 + i).toArray());
        assertThat(addresses(map, id)).containsExactly(0x1003L, 0x1004L, 0x1005L, 0x1006L);
    }

    @Test
    void sid02SkipDoesNotReachBeyondTheDepthSysctl() {
        KernelStackMap map = ipMap(1024, 127);
        int id = insert(map, 2, LongStream.range(0, 200).map(i -> 0x1000 + i).toArray());
        assertThat(addresses(map, id)).hasSize(125).startsWith(0x1002L).endsWith(0x107eL);
    }

    /// TST-04.
    @Test
    void tst04TwoFramesSkipTwoIsStored() {
        KernelStackMap map = ipMap(16384, 2);
        assertThat(addresses(map, insert(map, 2, 1, 2, 3, 4, 5))).containsExactly(3L, 4L);
    }

    @Test
    void sid06DepthTakesPartInEquality() {
        KernelStackMap map = ipMap(1, 8);
        assertThat(insert(map, 0, 5)).isZero();
        assertThat(insert(map, 0, 5, 0)).isEqualTo(EEXIST);
    }

    @Test
    void sid11BuildIdModeHashesRawAddresses() {
        KernelStackMap map = buildIdMap(32768, 8);
        long[] here = {0x401000};
        long[] there = {0x402000};
        int id = map.insert(here, 0, 1, 0, translatingTo(0x1000));
        int other = map.insert(there, 0, 1, 0, translatingTo(0x2000));
        assertThat(id).isEqualTo(0x5a83e893 & 32767);
        assertThat(other).isNotEqualTo(id);
        assertThat(map.get(id)).isEqualTo(map.get(other)).contains(inFile(0x400000));
    }

    /// The worked fixture of 2.3.
    @Test
    void sid22WorkedFixtureOfEightBuckets() {
        KernelStackMap map = ipMap(8, 127);
        int[] expected = {2, 3, 4, EEXIST, 6, EEXIST, EEXIST, EEXIST};
        for (int i = 0; i < expected.length; i++) {
            assertThat(insert(map, 0, 0x400010 + 0x10L * i)).as("row %d", i).isEqualTo(expected[i]);
        }
        assertThat(map.first(100)).containsExactly(2, 3, 4, 6);
        assertThat(map.counters().collisionsRejected()).isEqualTo(4);
    }

    @Test
    void sid24ReuseReplaces() {
        KernelStackMap map = ipMap(2, 127);
        assertThat(insert(map, 0, A)).isZero();
        assertThat(insert(map, 0, B)).isEqualTo(EEXIST);
        assertThat(insert(map, REUSE_STACKID, B)).isZero();
        assertThat(addresses(map, 0)).containsExactly(B);
        assertThat(map.counters().replaced()).isEqualTo(1);
        assertThat(map.size()).isEqualTo(1);
    }

    /// The first pair of `KERNEL-RULES.md`, as seen live.
    @Test
    void sid43EqualHashes() {
        KernelStackMap map = ipMap(16384, 127);
        int id = insert(map, 0, TWIN);
        assertThat(insert(map, 0, OTHER_TWIN)).isEqualTo(EEXIST);
        assertThat(insert(map, FAST_STACK_CMP, OTHER_TWIN)).isEqualTo(id);
        assertThat(addresses(map, id)).containsExactly(TWIN);
        assertThat(insert(map, REUSE_STACKID, OTHER_TWIN)).isEqualTo(id);
        assertThat(addresses(map, id)).containsExactly(OTHER_TWIN);
        assertThat(insert(map, FAST_STACK_CMP | REUSE_STACKID, TWIN)).isEqualTo(id);
        assertThat(addresses(map, id)).containsExactly(OTHER_TWIN);
        assertThat(map.counters().hitsFast()).isEqualTo(2);
    }

    @Test
    void sid43FastIgnoresDepth() {
        KernelStackMap map = ipMap(16384, 127);
        int id = insert(map, 0, 0x793290);
        assertThat(insert(map, 0, 0x564fb0, 0x500000)).isEqualTo(EEXIST);
        assertThat(insert(map, FAST_STACK_CMP, 0x564fb0, 0x500000)).isEqualTo(id);
    }

    @Test
    void sid44FastWithAnotherHashIsAsIfAbsent() {
        KernelStackMap map = ipMap(2, 127);
        insert(map, 0, A);
        assertThat(insert(map, FAST_STACK_CMP, B)).isEqualTo(EEXIST);
        assertThat(insert(map, FAST_STACK_CMP | REUSE_STACKID, B)).isZero();
        assertThat(addresses(map, 0)).containsExactly(B);
    }

    @Test
    void sid40ReuseNeedsASpareElement() {
        KernelStackMap three = ipMap(3, 127);
        assertThat(insert(three, 0, 0x400010)).isEqualTo(2);
        assertThat(insert(three, 0, 0x400020)).isEqualTo(3);
        assertThat(insert(three, 0, 0x400030)).isZero();
        assertThat(insert(three, REUSE_STACKID, 0x400040)).isEqualTo(ENOMEM);
        assertThat(addresses(three, 2)).containsExactly(0x400010L);
        KernelStackMap one = ipMap(1, 127);
        insert(one, 0, A);
        assertThat(insert(one, REUSE_STACKID, B)).isEqualTo(ENOMEM);
    }

    @Test
    void sid41BuildIdMapOfOneRefusesWhatItHas() {
        KernelStackMap map = buildIdMap(1, 127);
        assertThat(insert(map, 0, A)).isZero();
        assertThat(map.insert(new long[] {A}, 0, 1, 0, NEVER)).isEqualTo(ENOMEM);
        assertThat(map.insert(new long[] {A}, 0, 1, FAST_STACK_CMP, NEVER)).isZero();
    }

    @Test
    void sid42EexistBeatsEnomemForAddressesAndNotForBuildIds() {
        KernelStackMap addresses = ipMap(1, 127);
        insert(addresses, 0, A);
        assertThat(insert(addresses, 0, B)).isEqualTo(EEXIST);
        KernelStackMap buildIds = buildIdMap(1, 127);
        insert(buildIds, 0, A);
        assertThat(insert(buildIds, 0, B)).isEqualTo(ENOMEM);
    }

    @Test
    void sid32BuildIdMapKnowsWhatItHasWhileThereIsASpareElement() {
        KernelStackMap map = buildIdMap(2, 127);
        assertThat(insert(map, 0, A)).isZero();
        assertThat(insert(map, 0, A)).isZero();
        assertThat(insert(map, 0, B)).isEqualTo(EEXIST);
        assertThat(insert(map, REUSE_STACKID, B)).isZero();
        assertThat(map.get(0)).contains(inFile(B));
        assertThat(map.size()).isEqualTo(1);
    }

    @Test
    void sid45AnotherTranslationIsAnotherStack() {
        KernelStackMap map = buildIdMap(8, 127);
        long[] ips = {A};
        int id = map.insert(ips, 0, 1, 0, translatingTo(0));
        assertThat(map.insert(ips, 0, 1, 0, translatingTo(0x1000))).isEqualTo(EEXIST);
        assertThat(map.insert(ips, 0, 1, FAST_STACK_CMP, NEVER)).isEqualTo(id);
        assertThat(map.get(id)).contains(inFile(A));
        assertThat(map.insert(ips, 0, 1, REUSE_STACKID, translatingTo(0x1000))).isEqualTo(id);
        assertThat(map.get(id)).contains(inFile(A - 0x1000));
    }

    /// The kernel stores no reasons, so they cannot make two entries differ (section 3.6).
    @Test
    void sid32ReasonsDoNotMakeAnotherStack() {
        KernelStackMap map = buildIdMap(8, 127);
        long[] ips = {A, Long.MIN_VALUE};
        int id = map.insert(ips, 0, 2, 0, failing(Frame.Reason.NO_MAPPING));
        assertThat(map.insert(ips, 0, 2, 0, failing(Frame.Reason.UNREADABLE))).isEqualTo(id);
    }

    @Test
    void sid47EnomemWhileBucketsAreFree() {
        KernelStackMap map = ipMap(3, 127);
        insert(map, 0, 0x400010);
        insert(map, 0, 0x400020);
        insert(map, 0, 0x400030);
        assertThat(map.first(9)).containsExactly(0, 2, 3);
        long forBucketOne = LongStream.iterate(1, i -> i + 1)
                .filter(ip -> (JHash2.hash(new long[] {ip}, 0, 1) & 3) == 1)
                .findFirst()
                .orElseThrow();
        assertThat(insert(map, 0, forBucketOne)).isEqualTo(ENOMEM);
        assertThat(map.counters().poolExhausted()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 4", "1000, 1024", "1024, 1024", "1025, 2048", "1073741824, 1073741824"})
    void map20BucketsAreThePowerOfTwoAbove(long maxEntries, int buckets) {
        assertThat(new KernelMapAttributes(maxEntries, 1, KernelMapAttributes.Contents.IP).buckets())
                .isEqualTo(buckets);
    }

    @Test
    void map32ZerosAtTheEndAreFramesAndDepthIsTold() {
        KernelStackMap map = ipMap(16384, 127);
        int one = insert(map, 0, 5);
        int two = insert(map, 0, 5, 0);
        assertThat(two).isNotEqualTo(one);
        assertThat(addresses(map, one)).containsExactly(5L);
        assertThat(addresses(map, two)).containsExactly(5L, 0L);
    }

    @Test
    void map30LookupOfNothing() {
        KernelStackMap map = ipMap(8, 127);
        for (int id : new int[] {0, 7, 8, -1, Integer.MIN_VALUE}) {
            assertThat(map.get(id)).as("%d", id).isEmpty();
        }
    }

    @Test
    void map34DeleteOutOfRangeIsE2big() {
        KernelStackMap map = ipMap(8, 127);
        assertThat(errno(map.delete(8))).isEqualTo(E2BIG);
        assertThat(errno(map.delete(-1))).isEqualTo(E2BIG);
        assertThat(errno(map.delete(7))).isEqualTo(-2);
        assertThat(errno(map.take(8))).isEqualTo(-2);
        assertThat(errno(map.take(7))).isEqualTo(-2);
    }

    @Test
    void map36DeletedElementsServeAtOnce() {
        KernelStackMap map = ipMap(1, 127);
        insert(map, 0, A);
        assertThat(map.delete(0)).isInstanceOf(Removal.Removed.class);
        assertThat(map.get(0)).isEmpty();
        assertThat(insert(map, 0, B)).isZero();
        assertThat(map.counters().highWater()).isEqualTo(1);
    }

    @Test
    void map37TakeAnswersAsLookupDoes() {
        KernelStackMap map = ipMap(8, 127);
        int id = insert(map, 0, A);
        Stack stack = map.get(id).orElseThrow();
        assertThat(map.take(id)).isEqualTo(new Removal.Removed(stack));
        assertThat(errno(map.take(id))).isEqualTo(-2);
    }

    @Test
    void map40WalkGoesUpAndOnFromVanishedIds() {
        KernelStackMap map = ipMap(8, 127);
        insert(map, 0, 0x400010);
        insert(map, 0, 0x400020);
        insert(map, 0, 0x400050);
        assertThat(map.first(1)).containsExactly(2);
        assertThat(map.after(2, 9)).containsExactly(3, 6);
        map.delete(3);
        assertThat(map.after(3, 9)).as("DEV-14").containsExactly(6);
        assertThat(map.after(6, 9)).isEmpty();
        assertThat(map.after(7, 9)).isEmpty();
        assertThat(map.after(100, 9)).isEmpty();
    }

    @Test
    void offersSayWhatInsertReturns() {
        KernelStackMap map = ipMap(2, 127);
        assertThat(OfferedMaps.offer(map, sample(0, A))).isEqualTo(new Insertion.Stored<>(0));
        assertThat(OfferedMaps.offer(map, sample(0, A))).isEqualTo(new Insertion.AlreadyThere<>(0));
        assertThat(OfferedMaps.offer(map, sample(0, B))).isEqualTo(new Insertion.Collided<>());
        assertThat(OfferedMaps.offer(map, sample(REUSE_STACKID, B))).isEqualTo(new Insertion.Replaced<>(0));
        assertThat(OfferedMaps.offer(map, sample(0))).isInstanceOf(Insertion.Invalid.class);
        assertThat(OfferedMaps.offer(map, sample(0x800, A))).isInstanceOf(Insertion.Invalid.class);
        assertThat(OfferedMaps.offer(ipMap(1, 1), sample(0, A))).isEqualTo(new Insertion.Stored<>(0));
    }

    @ParameterizedTest(name = "{0} entries, depth {1}: {2}")
    @CsvSource({
        "0, 0, MAP-04, EINVAL",
        "-1, 127, MAP-04, EINVAL",
        "4294967296, 0, MAP-06, EINVAL",
        "4294967296, 128, MAP-08, EINVAL",
        "1, -1, MAP-06, EINVAL",
        "1, 128, MAP-08, EINVAL",
        "1, 2147483647, MAP-08, EINVAL",
        "2147483649, 127, MAP-09, E2BIG",
        "2147483648, 127, MAP-09, E2BIG",
        "9223372036854775807, 1, MAP-09, E2BIG",
        "1073741824, 127, MAP-10, ENOMEM",
        "16777217, 1, MAP-12, ENOMEM",
        "1000000, 127, MAP-12, ENOMEM"
    })
    void map04To12FirstFailureIsTold(long maxEntries, int depth, String rule, KernelErrno errno) {
        for (KernelMapAttributes.Contents contents : KernelMapAttributes.Contents.values()) {
            var attributes = new KernelMapAttributes(maxEntries, depth, contents);
            assertThat(attributes.violation(127, 1L << 30)).hasValueSatisfying(refusal -> {
                assertThat(refusal.rule()).isEqualTo(rule);
                assertThat(refusal.errno()).isEqualTo(errno);
            });
        }
    }

    /// The shape of MAP-22, whose kernel numbers gave BUG-06 and BUG-07.
    @Test
    void map22MemoryFollowsTheFormula() {
        assertThat(new KernelMapAttributes(1000, 2, KernelMapAttributes.Contents.IP).bytes())
                .isEqualTo(8 * 1024 + 1000 * (64 + 16));
        assertThat(new KernelMapAttributes(1 << 30, 127, KernelMapAttributes.Contents.BUILD_ID).bytes())
                .isEqualTo((8L << 30) + (1L << 30) * (64 + 4064));
    }

    private static KernelSample sample(long flags, long... ips) {
        return new KernelSample(ips, flags, NEVER);
    }

    private static int errno(Removal removal) {
        return switch (removal) {
            case Removal.Removed removed -> throw new AssertionError(removed);
            case Removal.Absent(var refusal) -> -refusal.errno().number();
        };
    }

    private static Stack inFile(long offset) {
        return new Stack(List.of(new Frame.InFile(KernelFixture.BINARY, new FileOffset(offset))), false);
    }

    private static Translator failing(Frame.Reason reason) {
        return (ips, from, to) -> {
            PackedStack packed = new PackedStack();
            Arrays.stream(ips, from, to).forEach(ip -> packed.addRaw(ip, reason));
            return packed;
        };
    }
}
