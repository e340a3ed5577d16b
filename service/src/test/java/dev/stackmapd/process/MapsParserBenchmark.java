package dev.stackmapd.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
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

/// What a batch pays for each process that it brings: its whole maps text, from bytes to a ready [VmaIndex].
///
/// The sizes are those of a Spring Boot service on JDK 25 (211 mappings), a chromium browser process (844) and a
/// large one (2000); the texts are made from a seed in the shape that a loader leaves behind ([RandomMaps]), with
/// 95 to 100 bytes a line. One operation is one text; divide by `mappings`. Look at the median, which other load
/// on the machine hurts least. The baseline is what one writes first: decode, split into lines, split each line at
/// blanks, an object a mapping.
///
/// Run it with `service/bench.sh MapsParserBenchmark`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class MapsParserBenchmark {
    @Param({"211", "844", "2000"})
    int mappings;

    private byte[] text = {};

    record SplitMapping(
            long start, long end, boolean executable, long offset, String device, long inode, String name) {}

    @Setup
    public void makeText() {
        text = RandomMaps.text(1, mappings);
    }

    @Benchmark
    public VmaIndex parse() {
        return MapsParser.parse(text).vmas();
    }

    @Benchmark
    public List<SplitMapping> baselineStringSplit() {
        List<SplitMapping> vmas = new ArrayList<>();
        for (String line : new String(text, UTF_8).split("\n", -1)) {
            if (!line.isEmpty()) {
                vmas.add(split(line));
            }
        }
        return vmas;
    }

    private static SplitMapping split(String line) {
        String[] fields = line.split(" +", 6);
        int dash = fields[0].indexOf('-');
        return new SplitMapping(
                Long.parseUnsignedLong(fields[0].substring(0, dash), 16),
                Long.parseUnsignedLong(fields[0].substring(dash + 1), 16),
                fields[1].charAt(2) == 'x',
                Long.parseUnsignedLong(fields[2], 16),
                fields[3],
                Long.parseUnsignedLong(fields[4]),
                fields.length > 5 ? fields[5] : "");
    }
}
