package dev.stackmapd.stackmap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.stack.BuildIds;
import dev.stackmapd.stack.PackedStack;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Stacks deduplicated per second by one core: 400,000 stacks, of which 40,000 are different, in random order.
///
/// Half of a stack's frames, at the root, come from one of 64 common paths, the rest from 200,000 code addresses, as
/// in profiles of a large program. The stacks lie packed in one array of 100 to 400 MB, so each one is cold memory,
/// as a batch just received is.
///
/// `…Fresh` begins with an empty map, so that one offer in ten stores a stack, which for the exact map includes
/// digesting it; `…Known` meets only known stacks. The maps to beat copy each stack to look it up, because their
/// keys must be objects.
///
/// Run from `service`, after `mvn test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath`:
/// `java -cp target/test-classes:target/classes:$(cat target/classpath) org.openjdk.jmh.Main StackMapBenchmark -prof
/// gc`
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xms5g", "-Xmx5g"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 7, time = 1)
public class StackMapBenchmark {
    private static final int STACKS = 400_000;
    private static final int DISTINCT = STACKS / 10;
    private static final int CODE_ADDRESSES = 200_000;
    private static final int BINARIES = 64;
    private static final long SEED = 88_172_645_463_325_252L;

    @Param({"32", "64", "127"})
    int depth;

    private final BuildIds buildIds = new BuildIds(BINARIES);
    private PackedStack[] stacks = {};
    private ExactStackMap exact = emptyExact();
    private ConcurrentHashMap<Key, Integer> chm = new ConcurrentHashMap<>();
    private Cache<Key, Integer> caffeine = emptyCaffeine();

    @Setup
    public void fill() {
        Random random = new Random(SEED);
        for (int i = 0; i < BINARIES; i++) {
            buildIds.ordinalOf(BuildId.of(ByteBuffer.allocate(20).putInt(16, i).array()));
        }
        long[] code = new long[CODE_ADDRESSES];
        for (int i = 0; i < code.length; i++) {
            code[i] = ((long) random.nextInt(BINARIES) << 40) | random.nextInt(1 << 28);
        }
        int[] order = new Random(SEED).ints(STACKS - DISTINCT, 0, DISTINCT).toArray();
        stacks = new PackedStack[STACKS];
        for (int i = 0; i < STACKS; i++) {
            stacks[i] = stack(i < DISTINCT ? i : order[i - DISTINCT], code);
        }
        Collections.shuffle(Arrays.asList(stacks), random);
        exactFresh();
        chmFresh();
        caffeineFresh();
        if (exact.size() != DISTINCT
                || chm.size() != DISTINCT
                || caffeine.asMap().size() != DISTINCT) {
            throw new IllegalStateException("the maps do not agree");
        }
    }

    private PackedStack stack(int distinct, long[] code) {
        Random random = new Random(SEED + distinct);
        PackedStack packed = new PackedStack();
        for (int j = 0; j < depth; j++) {
            long address = code[j > depth / 2 ? distinct % 64 * 131 + j : random.nextInt(code.length)];
            packed.addInFile((int) (address >>> 40), address & 0xff_ffff_ffffL);
        }
        return packed;
    }

    private static Key key(PackedStack stack) {
        long[] copy = Arrays.copyOf(stack.words(), stack.length());
        return new Key(copy, Arrays.hashCode(copy));
    }

    private ExactStackMap emptyExact() {
        return new ExactStackMap(buildIds, 1L << 30);
    }

    private static Cache<Key, Integer> emptyCaffeine() {
        return Caffeine.newBuilder()
                .maximumSize(DISTINCT * 2)
                .initialCapacity(DISTINCT * 2)
                .executor(Runnable::run)
                .build();
    }

    @Benchmark
    @OperationsPerInvocation(STACKS)
    public long exactFresh() {
        exact = emptyExact();
        long sum = 0;
        for (PackedStack stack : stacks) {
            sum += exact.insert(stack);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(STACKS)
    public long exactKnown() {
        long sum = 0;
        for (PackedStack stack : stacks) {
            sum += exact.find(stack);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(STACKS)
    public int chmFresh() {
        chm = new ConcurrentHashMap<>(DISTINCT * 2);
        return offerToChm();
    }

    @Benchmark
    @OperationsPerInvocation(STACKS)
    public int chmKnown() {
        return offerToChm();
    }

    private int offerToChm() {
        int next = 0;
        for (PackedStack stack : stacks) {
            Key key = key(stack);
            if (chm.get(key) == null && chm.putIfAbsent(key, next) == null) {
                next++;
            }
        }
        return next;
    }

    @Benchmark
    @OperationsPerInvocation(STACKS)
    public int caffeineFresh() {
        caffeine = emptyCaffeine();
        return offerToCaffeine();
    }

    @Benchmark
    @OperationsPerInvocation(STACKS)
    public int caffeineKnown() {
        return offerToCaffeine();
    }

    private int offerToCaffeine() {
        int next = 0;
        for (PackedStack stack : stacks) {
            Key key = key(stack);
            if (caffeine.getIfPresent(key) == null && caffeine.asMap().putIfAbsent(key, next) == null) {
                next++;
            }
        }
        return next;
    }

    private static final class Key {
        private final long[] frames;
        private final int hash;

        Key(long[] frames, int hash) {
            this.frames = frames;
            this.hash = hash;
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key that && that.hash == hash && Arrays.equals(frames, that.frames);
        }
    }
}
