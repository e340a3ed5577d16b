package dev.stackmapd.kernelmap;

import static dev.stackmapd.kernelmap.KernelFixture.NEVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.dedupe.Insertion;
import dev.stackmapd.dedupe.OfferedMaps;
import dev.stackmapd.dedupe.StackMap;
import dev.stackmapd.dedupe.StackMapContract;
import dev.stackmapd.kernelmap.KernelStackMap.Removal;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.Stack;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class KernelIpMapContractTest extends StackMapContract<Integer, KernelSample> {

    @Override
    protected StackMap<Integer, KernelSample> open() {
        return OfferedMaps.of(map());
    }

    private static KernelStackMap map() {
        return KernelFixture.ipMap(10_000, 127);
    }

    @Override
    protected KernelSample offered(int number) {
        return new KernelSample(ips(number), 0, NEVER);
    }

    @Override
    protected Stack expected(int number) {
        List<Frame> frames = LongStream.of(ips(number))
                .<Frame>mapToObj(ip -> new Frame.Raw(ip, Frame.Reason.NO_MAPPING))
                .toList();
        return new Stack(frames, false);
    }

    private static long[] ips(int number) {
        return LongStream.concat(LongStream.of(number), new Random(number).longs(number % 126, 0, 1L << 47))
                .toArray();
    }

    /// Exactly one of many racing callers removes a stack.
    @Test
    void tst03OneRacingCallerTakesAStack() throws Exception {
        KernelStackMap map = map();
        for (int number = 0; number < 200; number++) {
            if (!(OfferedMaps.offer(map, offered(number)) instanceof Insertion.Stored<Integer>(Integer id))) {
                continue;
            }
            AtomicInteger winners = new AtomicInteger();
            together(4, thread -> {
                Removal removal = thread % 2 == 0 ? map.take(id) : map.delete(id);
                if (removal instanceof Removal.Removed) {
                    winners.incrementAndGet();
                }
            });
            assertThat(winners).hasValue(1);
            assertThat(map.get(id)).isEmpty();
        }
        assertThat(map.size()).isZero();
    }

    /// BUG-01: elements go out and come back exactly, whatever races.
    @Test
    void thePoolIsExactUnderInsertionReplacementAndRemoval() throws Exception {
        KernelStackMap map = KernelFixture.ipMap(48, 127);
        together(64, thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 2_000; i++) {
                int number = random.nextInt(500);
                long flags = random.nextBoolean() ? KernelStackMap.REUSE_STACKID : 0;
                int id = map.insert(ips(number), 0, 1 + number % 126, flags, NEVER);
                if (id >= 0 && random.nextInt(3) == 0) {
                    map.delete(id);
                }
            }
        });
        assertThat(map.first(Integer.MAX_VALUE)).hasSize(map.size());
        assertThat(map.counters().highWater()).isLessThanOrEqualTo(48);
        map.first(Integer.MAX_VALUE).forEach(map::delete);
        assertThat(map.size()).isZero();
        AtomicInteger stored = new AtomicInteger();
        for (int number = 0; number < 3_000; number++) {
            if (OfferedMaps.offer(map, offered(number)) instanceof Insertion.Stored) {
                stored.incrementAndGet();
            }
        }
        assertThat(stored).as("every element serves again").hasValue(48);
    }
}
