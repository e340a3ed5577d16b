package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.lookup.AddressBatch;
import dev.stackmapd.elfcore.lookup.IndexBackedSymbols;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Measures one look-up in an index, including the inline chain, as ids; in a batch, as frames with
/// names and paths.
///
/// `hot` looks up the same 500 addresses, which stay in the caches, and so measures decoding. `uniform`
/// looks up addresses in the whole binary, mostly with cache misses: the worst case. `batch` looks up
/// the same addresses together. A profile is between these; `compare-index.sh` has one. The binary is
/// best a real one; `compare-dwarf.sh` makes some. Run it with `elf-core/bench.sh IndexBenchmark -p
/// file=FOLDER/libjvm -prof gc`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class IndexBenchmark {
    private static final int HOT = 500;
    private static final int ADDRESSES = 200_000;
    private static final long SEED = 20_240_229;

    @Param("../src-test-fixtures/binaries/dwarf/gcc-dwarf5-O3")
    String file = "";

    private final FrameCursor cursor = new FrameCursor();
    private Path target;
    private SymbolIndex index;
    private IndexBackedSymbols symbols;
    private long[] addresses;

    @Setup(Level.Trial)
    public void open() throws IOException, MalformedBinaryException {
        target = Files.createTempFile("benchmark", ".index");
        FixtureIndex.build(Path.of(file), target);
        index = FixtureIndex.open(target);
        symbols = new IndexBackedSymbols(index, () -> {});
        addresses = new Random(SEED)
                .longs(ADDRESSES, index.base(), index.base() + index.span())
                .toArray();
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        index.close();
        Files.delete(target);
    }

    @Benchmark
    @OperationsPerInvocation(ADDRESSES)
    public long hot() throws MalformedBinaryException {
        long frames = 0;
        for (int i = 0; i < ADDRESSES; i++) {
            frames += index.find(addresses[i % HOT], cursor);
        }
        return frames;
    }

    @Benchmark
    @OperationsPerInvocation(ADDRESSES)
    public long uniform() throws MalformedBinaryException {
        long frames = 0;
        for (long address : addresses) {
            frames += index.find(address, cursor);
        }
        return frames;
    }

    @Benchmark
    @OperationsPerInvocation(ADDRESSES)
    public long batch() throws MalformedBinaryException {
        long[] frames = {0};
        symbols.find(
                AddressBatch.of(addresses),
                (position, answer) -> frames[0] += answer.frames().size());
        return frames[0];
    }

    @Benchmark
    @OperationsPerInvocation(ADDRESSES)
    public long sortedBefore() throws MalformedBinaryException {
        long[] sorted = addresses.clone();
        Arrays.sort(sorted);
        long frames = 0;
        for (long address : sorted) {
            frames += index.find(address, cursor);
        }
        return frames;
    }
}
