package dev.stackmapd.dedupe;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
/// digesting it, in batches of 1,000; `…Known` meets only known stacks. The maps to beat copy each stack to look it up,
/// because their
/// keys must be objects.
///
/// Run it with `service/bench.sh StackMapBenchmark -prof gc`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xms5g", "-Xmx5g", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 7, time = 1)
public class StackMapBenchmark {
    private static final int STACKS = 400_000;
    private static final int DISTINCT = STACKS / 10;
    private static final int BATCH = 1_000;
    private static final int CODE_ADDRESSES = 200_000;
    private static final int BINARIES = 64;
    private static final long SEED = 88_172_645_463_325_252L;

    @Param({"32", "64", "127"})
    int depth;

    private final FrameBases bases = Packing.bases(BINARIES);
    private final PackedStack stack = new PackedStack();
    private long[] words = {};
    private ExactStackMap exact = emptyExact();
    private ConcurrentHashMap<Key, Integer> chm = new ConcurrentHashMap<>();
    private Cache<Key, Integer> caffeine = emptyCaffeine();

    @Setup
    public void fill() {
        Random random = new Random(SEED);
        for (int i = 0; i < BINARIES; i++) {
            Packing.numberOf(
                    bases, BuildId.of(ByteBuffer.allocate(20).putInt(16, i).array()));
        }
        long[] code = new long[CODE_ADDRESSES];
        for (int i = 0; i < code.length; i++) {
            code[i] = ((long) random.nextInt(BINARIES) << 40) | random.nextInt(1 << 28);
        }
        words = new long[STACKS * depth];
        for (int i = 0; i < STACKS; i++) {
            fill(i, i < DISTINCT ? i : random.nextInt(DISTINCT), code);
        }
        shuffle(random);
        exactFresh();
        chmFresh();
        caffeineFresh();
        if (exact.size() != DISTINCT
                || chm.size() != DISTINCT
                || caffeine.asMap().size() != DISTINCT) {
            throw new IllegalStateException("the maps do not agree");
        }
    }

    private void fill(int i, int distinct, long[] code) {
        Random random = new Random(SEED + distinct);
        for (int j = 0; j < depth; j++) {
            words[i * depth + j] = code[j > depth / 2 ? distinct % 64 * 131 + j : random.nextInt(code.length)];
        }
    }

    private void shuffle(Random random) {
        long[] swap = new long[depth];
        for (int i = STACKS - 1; i > 0; i--) {
            int j = random.nextInt(i + 1) * depth;
            System.arraycopy(words, i * depth, swap, 0, depth);
            System.arraycopy(words, j, words, i * depth, depth);
            System.arraycopy(swap, 0, words, j, depth);
        }
    }

    /// All frames here take one word, so a stack is filled by copying words, as translation has just done it.
    private PackedStack packed(int i) {
        stack.copyFrom(words, i * depth, depth, depth, false);
        return stack;
    }

    private Key key(int i) {
        long[] copy = Arrays.copyOfRange(words, i * depth, (i + 1) * depth);
        return new Key(copy, Arrays.hashCode(copy));
    }

    private ExactStackMap emptyExact() {
        return new ExactStackMap(bases, 1L << 30);
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
        for (int from = 0; from < STACKS; from += BATCH) {
            ExactStackMap.NewStacks batch = exact.new NewStacks();
            int fresh = 0;
            for (int i = from; i < from + BATCH; i++) {
                int entry = batch.offer(packed(i));
                fresh += entry < 0 ? 1 : 0;
                sum += entry;
            }
            if (!exact.reserve(batch.cost())) {
                throw new IllegalStateException("there is no space");
            }
            for (int number = 0; number < fresh; number++) {
                sum += batch.insert(number);
            }
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(STACKS)
    public long exactKnown() {
        long sum = 0;
        for (int i = 0; i < STACKS; i++) {
            sum += exact.find(packed(i));
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
        for (int i = 0; i < STACKS; i++) {
            Key key = key(i);
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
        for (int i = 0; i < STACKS; i++) {
            Key key = key(i);
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
