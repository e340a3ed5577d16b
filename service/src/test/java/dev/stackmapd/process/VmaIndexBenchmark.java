package dev.stackmapd.process;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What every frame pays that no cache answered: from its address to its mapping.
///
/// The addresses are 90 % inside executable mappings, chosen by size, and 10 % anywhere between the first and the last
/// mapping, so some are in holes. They come in random order from 65,536, too many for the branch predictor to learn. A
/// real stack's frames lie closer together and are found sooner. One operation is 4096 addresses; divide by that, and
/// look at the median. Sizes as in [MapsParserBenchmark]. The baseline is `TreeMap.floorEntry` on boxed starts.
///
/// Run as [MapsParserBenchmark] says, with `VmaIndexBenchmark`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class VmaIndexBenchmark {
    private static final int ADDRESSES = 1 << 16;
    private static final int A_TIME = 1 << 12;

    @Param({"211", "844", "2000"})
    int mappings;

    private final long[] addresses = new long[ADDRESSES];
    private final TreeMap<Long, Integer> tree = new TreeMap<>(Long::compareUnsigned);
    private int done;
    private VmaIndex vmas = MapsParser.parse(new byte[0]).vmas();

    @Setup
    public void drawAddresses() {
        vmas = MapsParser.parse(RandomMaps.text(1, mappings)).vmas();
        for (int i = 0; i < vmas.size(); i++) {
            tree.put(vmas.start(i), i);
        }
        Random random = new Random(2);
        long first = vmas.start(0);
        long last = vmas.end(vmas.size() - 2);
        long executableBytes = executableBytes();
        for (int i = 0; i < ADDRESSES; i++) {
            addresses[i] = random.nextInt(10) == 0
                    ? random.nextLong(first, last)
                    : executableAddress(random.nextLong(executableBytes));
        }
    }

    @Benchmark
    public long find() {
        long sum = 0;
        int to = next();
        for (int i = to - A_TIME; i < to; i++) {
            sum += vmas.find(addresses[i]);
        }
        return sum;
    }

    @Benchmark
    public long baselineTreeMap() {
        long sum = 0;
        int to = next();
        for (int i = to - A_TIME; i < to; i++) {
            long address = addresses[i];
            Map.Entry<Long, Integer> floor = tree.floorEntry(address);
            boolean inside = floor != null && Long.compareUnsigned(address, vmas.end(floor.getValue())) < 0;
            sum += inside ? floor.getValue() : VmaIndex.NONE;
        }
        return sum;
    }

    private int next() {
        done = done == ADDRESSES ? A_TIME : done + A_TIME;
        return done;
    }

    private long executableBytes() {
        long bytes = 0;
        for (int i = 0; i < vmas.size(); i++) {
            bytes += vmas.executable(i) ? vmas.end(i) - vmas.start(i) : 0;
        }
        return bytes;
    }

    private long executableAddress(long executableByte) {
        long left = executableByte;
        for (int i = 0; i < vmas.size(); i++) {
            long length = vmas.end(i) - vmas.start(i);
            if (vmas.executable(i)) {
                if (left < length) {
                    return vmas.start(i) + left;
                }
                left -= length;
            }
        }
        throw new AssertionError("byte " + executableByte + " is beyond all executable mappings");
    }
}
