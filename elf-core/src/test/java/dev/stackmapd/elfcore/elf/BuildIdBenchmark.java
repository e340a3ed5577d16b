package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.FileBytes;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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

/// Opens one file after the other, reads its build-id and closes it, page cache warm. This is the cost
/// for `resolve` of a file that it sees for the first time, and of each file of an indexed folder of
/// binaries.
///
/// The input is real: every 64-bit ELF file with a build-id below `folder`, in the order of a walk.
/// `plain` is the least that Java can do (`RandomAccessFile`, 4 KiB, the first note of a 64-bit
/// little-endian file, hardly a check); `ours` must stay near it with every check made. The set-up
/// proves that both find the same ids.
///
/// Run it with `elf-core/bench.sh BuildIdBenchmark -p folder=/usr/lib`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class BuildIdBenchmark {
    private static final int GNU = 0x00554e47;

    @Param("/usr/lib")
    String folder = "";

    private final BuildIdReader kernel = new BuildIdReader(BuildIdProfile.KERNEL, ParseLimits.DEFAULT);
    private final BuildIdReader lenient = new BuildIdReader(BuildIdProfile.LENIENT, ParseLimits.DEFAULT);
    private final byte[] buffer = new byte[4096];
    private Path[] files = {};
    private long[] sizes = {};
    private int next;

    /// Prevents the compiler from removing work.
    volatile int sink;

    /// Finds the ELF files, and compares the answers of both readers on each.
    @Setup
    public void findFiles() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(Path.of(folder))) {
            for (Path path :
                    (Iterable<Path>) walk.filter(p -> Files.isRegularFile(p) && Files.isReadable(p))::iterator) {
                int plain = plainHash(path);
                if (plain != 0 && plain != idHash(kernel, path)) {
                    throw new IllegalStateException("answers differ for " + path);
                }
                if (plain != 0) {
                    found.add(path);
                }
            }
        }
        files = found.toArray(Path[]::new);
        sizes = found.stream().mapToLong(path -> path.toFile().length()).toArray();
        System.out.println("# files with a build-id: " + files.length);
    }

    @Benchmark
    public int ours() throws IOException {
        return idHash(kernel, nextFile());
    }

    /// Measures a caller that has already called `stat`, as every caller that checks the file's identity
    /// has.
    @Benchmark
    public int oursWhereSizeIsKnown() throws IOException {
        try (FileBytes bytes = FileBytes.open(nextFile(), sizes[next])) {
            return hash(kernel.read(bytes));
        }
    }

    @Benchmark
    public int oursLenient() throws IOException {
        return idHash(lenient, nextFile());
    }

    @Benchmark
    public int oursOverFileChannel() throws IOException {
        try (ChannelBytes bytes = new ChannelBytes(FileChannel.open(nextFile(), StandardOpenOption.READ))) {
            return hash(kernel.read(bytes));
        }
    }

    @Benchmark
    public int plain() throws IOException {
        return plainHash(nextFile());
    }

    /// Measures the same in CPU time of one thread, for a machine with other work, where wall time is
    /// not meaningful. Prints the least and the greatest of the last five of fifteen rounds, in which
    /// the methods alternate.
    ///
    /// @param arguments the folder
    public static void main(String... arguments) throws IOException {
        BuildIdBenchmark benchmark = new BuildIdBenchmark();
        benchmark.folder = arguments[0];
        benchmark.findFiles();
        Map<String, Method> methods = new TreeMap<>(Map.of(
                "plain", benchmark::plain,
                "ours", benchmark::ours,
                "oursWhereSizeIsKnown", benchmark::oursWhereSizeIsKnown,
                "oursLenient", benchmark::oursLenient,
                "oursOverFileChannel", benchmark::oursOverFileChannel));
        Map<String, LongSummaryStatistics> rates = new TreeMap<>();
        for (int round = 0; round < 15; round++) {
            for (Map.Entry<String, Method> method : methods.entrySet()) {
                long rate = benchmark.filesPerCpuSecond(method.getValue());
                if (round >= 10) {
                    rates.computeIfAbsent(method.getKey(), name -> new LongSummaryStatistics())
                            .accept(rate);
                }
            }
        }
        rates.forEach((name, rate) ->
                System.out.printf("%-22s %d to %d files per CPU second%n", name, rate.getMin(), rate.getMax()));
    }

    private long filesPerCpuSecond(Method method) throws IOException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        int sum = 0;
        for (int i = 0; i < 2 * files.length; i++) {
            sum += method.run();
        }
        sink = sum;
        return 2_000_000_000L * files.length / (threads.getCurrentThreadCpuTime() - start);
    }

    private interface Method {
        int run() throws IOException;
    }

    private Path nextFile() {
        next = next + 1 == files.length ? 0 : next + 1;
        return files[next];
    }

    private static int idHash(BuildIdReader reader, Path path) throws IOException {
        try (FileBytes bytes = FileBytes.open(path)) {
            return hash(reader.read(bytes));
        }
    }

    private static int hash(BuildIdSearch search) {
        return search instanceof BuildIdSearch.Found(BuildId id) ? id.hashCode() : 0;
    }

    /// Returns the hash of the build-id, see [BuildId#hashCode]; 0 where there is none.
    private int plainHash(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            int length = file.read(buffer, 0, buffer.length);
            ByteBuffer head = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
            if (length < 64 || head.getInt(0) != 0x464c457f || buffer[4] != 2 || head.getShort(16) == 1) {
                return 0;
            }
            long table = head.getLong(32);
            int count = head.getShort(56);
            if (table + 56L * count > length) {
                return 0;
            }
            for (int i = 0; i < count; i++) {
                int at = (int) table + 56 * i;
                if (head.getInt(at) == 4) {
                    int hash = plainNotes(file, head.getLong(at + 8), (int) head.getLong(at + 32));
                    if (hash != 0) {
                        return hash;
                    }
                }
            }
            return 0;
        }
    }

    private int plainNotes(RandomAccessFile file, long offset, int size) throws IOException {
        byte[] notes = buffer;
        int at = (int) offset;
        if (offset + size > buffer.length) {
            if (offset + size > file.length()) {
                return 0;
            }
            notes = new byte[size];
            file.seek(offset);
            file.readFully(notes);
            at = 0;
        }
        ByteBuffer bytes = ByteBuffer.wrap(notes).order(ByteOrder.LITTLE_ENDIAN);
        for (int end = at + size; at + 16 < end; ) {
            int nameSize = bytes.getInt(at);
            int descSize = bytes.getInt(at + 4);
            if (bytes.getInt(at + 8) == 3 && nameSize == 4 && bytes.getInt(at + 12) == GNU) {
                int hash = 1;
                for (int i = 0; i < descSize; i++) {
                    hash = 31 * hash + notes[at + 16 + i];
                }
                return hash;
            }
            at += 12 + ((nameSize + 3) & -4) + ((descSize + 3) & -4);
        }
        return 0;
    }

    /// A [FileBytes] over a channel, for comparison.
    private static final class ChannelBytes implements RandomAccessBytes, AutoCloseable {
        private static final ByteBuffer DIRECT = ByteBuffer.allocateDirect(4096);

        private final FileChannel channel;
        private final long size;

        private ChannelBytes(FileChannel channel) throws IOException {
            this.channel = channel;
            this.size = channel.size();
        }

        @Override
        public String source() {
            return "channel";
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public int read(long offset, byte[] into, int length) throws IOException {
            int copied = Math.max(0, channel.read(DIRECT.clear().limit(length), offset));
            DIRECT.get(0, into, 0, copied);
            return copied;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
