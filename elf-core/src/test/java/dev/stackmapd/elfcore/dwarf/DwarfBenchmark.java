package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.LoadSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Measures look-ups in a binary without index.
///
/// `firstAnswer` opens the file, looks one random code address up and closes it: the cost of the first
/// look-up for a build-id in a warm JVM with a warm page cache. `nextAnswer` looks up one of 1,000
/// random addresses in an open file, like a profile whose frames repeat. `walk` passes everything to a
/// visitor that only counts; an index build cannot be faster.
///
/// The file is a real one, merged with its debug file; `compare-dwarf.sh` makes some. Run it with
/// `elf-core/bench.sh DwarfBenchmark -p file=FOLDER/libjvm`.
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class DwarfBenchmark {
    private static final int ADDRESSES = 1000;
    private static final long SEED = 20240229;

    @Param("../src-test-fixtures/binaries/dwarf/gcc-dwarf5-O3")
    String file = "";

    private final long[] addresses = new long[ADDRESSES];
    private int next;
    private ElfFile elf;
    private DwarfFile dwarf;

    @Setup(Level.Trial)
    public void open() throws IOException, MalformedBinaryException {
        elf = ElfFile.open(Path.of(file), ParseLimits.DEFAULT);
        dwarf = DwarfFile.open(elf, DebugFileFinder.NONE);
        LoadSegment code = elf.loadSegments().stream()
                .filter(LoadSegment::executable)
                .findFirst()
                .orElseThrow();
        Random random = new Random(SEED);
        for (int i = 0; i < ADDRESSES; i++) {
            addresses[i] = code.address().value() + random.nextLong(code.fileSize());
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        dwarf.close();
        elf.close();
    }

    @Benchmark
    public DwarfAnswer firstAnswer() throws IOException, MalformedBinaryException {
        try (ElfFile fresh = ElfFile.open(Path.of(file), ParseLimits.DEFAULT);
                DwarfFile opened = DwarfFile.open(fresh, DebugFileFinder.NONE)) {
            return opened.lookup(nextAddress());
        }
    }

    @Benchmark
    public DwarfAnswer nextAnswer() {
        return dwarf.lookup(nextAddress());
    }

    @Benchmark
    public long walk() {
        Counter counter = new Counter();
        dwarf.walk(counter, Walked.budget());
        return counter.seen;
    }

    private ElfAddress nextAddress() {
        next = (next + 1) % ADDRESSES;
        return new ElfAddress(addresses[next]);
    }

    private static final class Counter implements DwarfVisitor {
        private long seen;

        @Override
        public void unit(WalkedUnit unit) {
            seen++;
        }

        @Override
        public void function(int depth, long key) {
            seen++;
        }

        @Override
        public void inlined(int depth, long key, int callFile, int callLine, int callColumn, int callDiscriminator) {
            seen++;
        }

        @Override
        public void range(long low, long high) {
            seen++;
        }

        @Override
        public void row(long address, int file, int line, int column, int discriminator, boolean isStatement) {
            seen++;
        }

        @Override
        public void endOfSequence(long address) {
            seen++;
        }

        @Override
        public void endOfUnit() {
            seen++;
        }

        @Override
        public void skipped(SkippedPart part) {
            seen++;
        }
    }
}
