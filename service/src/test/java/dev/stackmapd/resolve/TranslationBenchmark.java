package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.process.MapsParser;
import dev.stackmapd.process.Vma;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

/// What a batch of one process pays for a frame, once the build-ids of its files are known: the search for the mapping,
/// the verdict on it, and the packed frame. One operation is [#STACKS] stacks of [#DEPTH] frames; divide by 640. Look
/// at the median, which other load on the machine hurts least.
///
/// There are 1000 stacks, no two equal. A fifth of the mappings is executable, as libraries have them. A frame is in
/// the mapping of the one before it in `stay` of a hundred cases, because a library calls itself; else in any of the
/// executable ones, in the n-th of them 1/n times as often as in the first (libc, the program, a runtime). Two frames
/// of a hundred are in a hole. `stay` 0 is the worst case: nothing to remember.
///
/// Run it with `service/bench.sh TranslationBenchmark`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class TranslationBenchmark {
    static final int STACKS = 10;
    static final int DEPTH = 64;
    private static final int ALL_STACKS = 1000;
    private static final int LIBRARY_MAPPINGS = 5;

    @Param({"60", "600", "6000"})
    int mappings;

    @Param({"0", "70"})
    int stay;

    private final PackedStack packed = new PackedStack();
    private final FrameBases bases = Packing.bases(1 << 14);
    private final FrameBases.Claim claim = bases.claim();
    private final List<BinaryHint> hints = new ArrayList<>();
    private VmaIndex vmas = MapsParser.parse(new byte[0]).vmas();
    private long[] ips = {};
    private int next;
    private ProcessTranslator translator = newTranslator();

    @Setup
    public void drawStacks() {
        vmas = MapsParser.parse(maps().getBytes(ISO_8859_1)).vmas();
        Random random = new Random(1);
        double[] weights = cumulatedWeights();
        ips = new long[ALL_STACKS * DEPTH];
        int library = 0;
        for (int i = 0; i < ips.length; i++) {
            library = random.nextInt(100) < stay ? library : draw(weights, random);
            int code = library * LIBRARY_MAPPINGS + 1;
            long bytes = vmas.end(code) - vmas.start(code);
            ips[i] = random.nextInt(50) == 0 ? vmas.start(code) - 0x10000 : vmas.start(code) + random.nextLong(bytes);
        }
        translator = newTranslator();
        proveAnswers();
    }

    @Benchmark
    public long translate() {
        long words = 0;
        for (int i = 0; i < STACKS; i++) {
            packed.clear();
            translator.translate(ips, next, next + DEPTH, packed);
            words += packed.length();
            next = (next + DEPTH) % ips.length;
        }
        return words;
    }

    private ProcessTranslator newTranslator() {
        ProcessFiles none = Resolving.noFiles();
        MappedBinaries binaries = new MappedBinaries(vmas, hints, none, BuildIdProfile.LENIENT, MappedLayouts.NONE);
        return new ProcessTranslator(vmas, binaries, claim, new FrameCounts());
    }

    private String maps() {
        StringBuilder text = new StringBuilder();
        long at = 0x7f0000000000L;
        for (int library = 0; library < mappings / LIBRARY_MAPPINGS; library++) {
            for (int part = 0; part < LIBRARY_MAPPINGS; part++) {
                long end = at + (part == 1 ? 0x60000 : 0x4000);
                text.append("%x-%x %s %08x fe:00 %d                  /usr/lib/x86_64-linux-gnu/library-%d.so\n"
                        .formatted(at, end, part == 1 ? "r-xp" : "r--p", part * 0x4000, library + 1, library));
                at = end + (part == 0 ? 0x20000 : 0);
            }
            at += 0x100000;
            byte[] id = ByteBuffer.allocate(20).putInt(library + 1).array();
            hints.add(new BinaryHint(
                    new BinaryHint.Target.Inode(MapsText.device("fe:00"), library + 1),
                    new BinaryHint.Identification.Known(BuildId.of(id))));
        }
        return text.toString();
    }

    private double[] cumulatedWeights() {
        double[] weights = new double[mappings / LIBRARY_MAPPINGS];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += 1.0 / (i + 1);
            weights[i] = sum;
        }
        return weights;
    }

    private static int draw(double[] weights, Random random) {
        double wanted = random.nextDouble(weights[weights.length - 1]);
        int drawn = 0;
        while (weights[drawn] < wanted) {
            drawn++;
        }
        return drawn;
    }

    private void proveAnswers() {
        packed.clear();
        translator.translate(ips, 0, DEPTH, packed);
        List<Frame> frames = packed.toStack(bases).frames();
        for (int i = 0; i < DEPTH; i++) {
            if (!frames.get(i).equals(byScanning(ips[i]))) {
                throw new AssertionError("%x: %s".formatted(ips[i], frames.get(i)));
            }
        }
    }

    private Frame byScanning(long ip) {
        for (int i = 0; i < vmas.size(); i++) {
            Vma vma = vmas.get(i);
            if (vma.start() <= ip && ip < vma.end()) {
                byte[] id = ByteBuffer.allocate(20).putInt((int) vma.inode()).array();
                return new Frame.InFile(BuildId.of(id), new FileOffset(vma.fileOffset() + ip - vma.start()));
            }
        }
        return new Frame.Raw(ip, Frame.Reason.NO_MAPPING);
    }
}
