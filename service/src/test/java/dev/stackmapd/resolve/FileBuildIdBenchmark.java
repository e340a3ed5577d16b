package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stackmapd.elfcore.bytes.FileBytes;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.elfcore.elf.BuildIdReader;
import dev.stackmapd.process.Device;
import dev.stackmapd.process.MapsParser;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.linux.HostFileThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The build-id of a mapped file of this host, its pages in memory: what a sidecar pays for each file of each process.
///
/// One operation is one file; look at the median, which other load on the machine hurts least.
///
/// A thousand shared libraries as a distribution installs them. `read` goes the whole way, as for a file never seen:
/// pin each folder, look, open, read, close, on a thread that may be lost; `remembered` finds the answer in the cache
/// after the last look; `recent` asks no file system. `plainJava` opens the same paths with `RandomAccessFile`, and
/// checks nothing: neither inode nor kind of file nor links. Needs a folder with that many libraries.
///
/// Run as [TranslationBenchmark] says, with `FileBuildId`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class FileBuildIdBenchmark {
    static final int FILES = 1000;
    private static final int LEAST_BYTES = 4096;

    @Param("/usr/lib")
    String folder = "/usr/lib";

    private final BuildIdReader reader = new BuildIdReader(BuildIdProfile.LENIENT, ParseLimits.DEFAULT);
    private final HostFiles remembering =
            Resolving.host(Resolving.roots(Path.of("/")), new BuildIdCache(64 << 20, Duration.ofHours(1)));
    private final HostFiles forgetting = Resolving.host(Resolving.roots(Path.of("/")), neverRemembering());
    private final HostFileThreads threads = new HostFileThreads(4);
    private final HostFiles recently = new HostFiles(
            Resolving.roots(Path.of("/")),
            new HostFiles.Caches(
                    Resolving.cache(),
                    new ResolutionCache(64 << 20, Duration.ofHours(1), Duration.ofHours(1)),
                    new BinaryLocations(1 << 20, threads)),
            threads,
            BatchFiles.Budget.DEFAULT);
    private List<Path> paths = List.of();
    private int next;
    private VmaIndex vmas = MapsParser.parse(new byte[0]).vmas();
    private VmaIndex onAnotherDevice = vmas;

    @Setup
    public void findLibraries() throws IOException {
        try (Stream<Path> walk = Files.walk(Path.of(folder).toRealPath())) {
            paths = walk.filter(path -> path.toString().contains(".so"))
                    .filter(FileBuildIdBenchmark::worthIt)
                    .limit(FILES)
                    .toList();
        }
        if (paths.size() < FILES) {
            throw new IllegalStateException("only " + paths.size() + " libraries below " + folder);
        }
        MapsText text = new MapsText();
        MapsText otherText = new MapsText();
        for (Path path : paths) {
            text.file(path, path.toString().getBytes(UTF_8));
            otherText.line(
                    new Device(0, 0x7777),
                    MapsText.inodeOf(path),
                    path.toString().getBytes(UTF_8));
        }
        vmas = text.parse();
        onAnotherDevice = otherText.parse();
        for (int i = 0; i < FILES; i++) {
            Resolution plain = plainJava();
            next = i;
            if (!plain.equals(read()) || !plain.equals(at(remembering, i))) {
                throw new AssertionError(paths.get(i));
            }
        }
    }

    @TearDown
    public void close() {
        remembering.close();
        recently.close();
        forgetting.close();
    }

    @Benchmark
    public Resolution read() {
        return at(forgetting, step());
    }

    @Benchmark
    public Resolution remembered() {
        return at(remembering, step());
    }

    @Benchmark
    public Resolution recent() {
        return at(recently, step());
    }

    /// `stat` and the maps text disagree about the device, so that the kernel is asked
    /// ([dev.stackmapd.resolve.linux.MapsInode]): what a file on
    /// btrfs costs beside `remembered`. The device in the text is wrong for every file here: the answer is
    /// `STALE_FILE`.
    @Benchmark
    public Resolution askedFor() {
        return of(remembering).buildIdOf(onAnotherDevice.get(step()), BuildIdProfile.LENIENT);
    }

    @Benchmark
    public Resolution plainJava() throws IOException {
        try (FileBytes bytes = FileBytes.open(paths.get(step()), Long.MAX_VALUE)) {
            return Resolution.of(reader.read(bytes), bytes);
        }
    }

    private Resolution at(HostFiles files, int index) {
        return of(files).buildIdOf(vmas.get(index), BuildIdProfile.LENIENT);
    }

    private static ProcessFiles of(HostFiles files) {
        return files.batch().of(0, ProcessFiles.MappingsOrigin.SENT);
    }

    private int step() {
        int index = next;
        next = index + 1 < FILES ? index + 1 : 0;
        return index;
    }

    private static BuildIdCache neverRemembering() {
        InstantSource beforeEveryFile = () -> Instant.EPOCH;
        return new BuildIdCache(64 << 20, Duration.ofHours(1), System::nanoTime, beforeEveryFile);
    }

    private static boolean worthIt(Path path) {
        try {
            return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(path) > LEAST_BYTES
                    && Files.size(path) < 1L << 32;
        } catch (IOException e) {
            return false;
        }
    }
}
