package dev.stackmapd.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.artifact.folder.DirectoryArtifacts;
import dev.stackmapd.artifact.folder.ScanLimits;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.lookup.SourceFrame;
import dev.stackmapd.elfcore.symbols.SymbolSource;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.symbolize.FramesByBinary.Position;
import dev.stackmapd.symbolize.SymbolCache.EntryType;
import dev.stackmapd.symbolize.SymbolizationResult.BadBinary;
import dev.stackmapd.symbolize.SymbolizationResult.Cause;
import dev.stackmapd.symbolize.SymbolizationResult.Known;
import dev.stackmapd.symbolize.SymbolizationResult.NoBinary;
import dev.stackmapd.symbolize.SymbolizationResult.NoSymbol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymbolizerTest extends SymbolizerFixture {
    /// Expected names were printed by readelf; `split.stripped` has its names in the debug file.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "text-segment-200000",
                "segments",
                "non-pie",
                "static-pie",
                "lld-pie",
                "i386",
                "s390x",
                "powerpc",
                "sizes",
                "libdynsym.so",
                "libaliases.so",
                "no-sections",
                "cxx-O2",
                "split.stripped"
            })
    void everyExpectedNameThroughTheExecutablesSegments(String fixture) throws Exception {
        copy(fixture.replace("split.", "split/"));
        if (fixture.equals("split.stripped")) {
            copy("split/stripped.debug");
        }
        Symbolizer symbolizer = symbolizer();
        for (String line : Files.readAllLines(Fixtures.path("expected/" + fixture + ".symbols"))) {
            String[] words = line.split(" ", -1);
            SymbolizationResult answer = symbolizer.symbolize(id(fixture), new FileOffset(Long.decode(words[0])));
            String name = switch (answer) {
                case Known known -> listed(known.frames().getLast());
                case NoSymbol none -> "??";
                case NoBinary none -> none.toString();
                case BadBinary bad -> bad.toString();
            };
            assertThat(name).as(line).isEqualTo(words[2]);
        }
    }

    /// Frames of three binaries, one of which is not here, in any order, some of them twice and some outside
    /// the code. The first question is answered from files and the second one from indexes and what is
    /// remembered.
    @Test
    void aBatchAnswersAsSingleLookUpsDo() throws Exception {
        copy("demo");
        copy("sizes");
        Symbolizer symbolizer = symbolizer();
        List<BuildId> binaries = List.of(id("demo"), id("sizes"), BuildId.of(new byte[] {7, 7}));
        List<Frame.InFile> frames = new ArrayList<>();
        new Random(1)
                .ints(3_000, 0, 0x2000)
                .forEach(n -> frames.add(new Frame.InFile(binaries.get(n % 3), new FileOffset(n))));
        frames.add(new Frame.InFile(id("demo"), new FileOffset(1L << 40)));
        for (int round = 0; round < 2; round++) {
            SymbolizationResult[] answers = answers(symbolizer, frames);
            for (int i = 0; i < answers.length; i++) {
                Frame.InFile frame = frames.get(i);
                assertThat(answers[i]).isEqualTo(symbolizer.symbolize(frame.buildId(), frame.offset()));
            }
            IndexDemand asked = new IndexDemand();
            frames.forEach(asked::add);
            symbolizer.indexes(asked).get(1, TimeUnit.MINUTES);
        }
        assertThat(symbolizer.state(id("demo")))
                .isEqualTo(new BinaryState.Open(BinaryState.NameSource.INDEX, List.of()));
    }

    private static SymbolizationResult[] answers(Symbolizer symbolizer, List<Frame.InFile> frames) {
        FramesByBinary asked = new FramesByBinary();
        for (int i = 0; i < frames.size(); i++) {
            asked.add(i, frames.get(i), Position.LEAF);
        }
        SymbolizationResult[] answers = new SymbolizationResult[frames.size()];
        symbolizer.symbolize(asked, (index, frame, symbolized) -> {
            assertThat(frame).isSameAs(frames.get(index));
            assertThat(answers[index]).isNull();
            answers[index] = symbolized;
        });
        assertThat(answers).doesNotContainNull();
        return answers;
    }

    /// As one does that has enough: the rest is not looked up, and nothing stays open for it.
    @Test
    void aSinkThatThrowsEndsTheBatch() throws Exception {
        copy("demo");
        Symbolizer symbolizer = symbolizer();
        FramesByBinary asked = new FramesByBinary();
        for (int i = 0; i < 100; i++) {
            asked.add(i, new Frame.InFile(id("demo"), new FileOffset(0x12db + i)), Position.LEAF);
        }
        List<Integer> answered = new ArrayList<>();
        assertThatThrownBy(() -> symbolizer.symbolize(asked, (index, frame, symbolized) -> {
                    answered.add(index);
                    throw new IllegalStateException("enough");
                }))
                .hasMessage("enough");
        assertThat(answered).hasSize(1);
        assertThat(function(symbolizer.symbolize(id("demo"), new FileOffset(0x13ca))))
                .isEqualTo("_ZN4shop5priceERKNS_6BasketINS_4ItemELi64EEERKNS_8DiscountE");
    }

    @Test
    void theAnswerSaysHowItWasFound() throws Exception {
        copy("sizes");
        assertThat(symbolizer().symbolize(id("sizes"), new FileOffset(0x1021)))
                .isEqualTo(new Known(List.of(new SourceFrame(
                        "inner", "/src/sizes.s", 29, 0, 1, SymbolSource.DWARF, SourceLanguage.ASSEMBLER, false))));
        copy("libdynsym.so");
        SymbolizationResult exported = symbolizer().symbolize(id("libdynsym.so"), new FileOffset(exportedOffset()));
        assertThat(exported)
                .isInstanceOfSatisfying(
                        Known.class,
                        known -> assertThat(known.frames().getFirst().source()).isEqualTo(SymbolSource.DYNSYM));
    }

    @Test
    void aCallerIsLookedUpOneByteBefore() throws Exception {
        copy("sizes");
        Symbolizer symbolizer = symbolizer();
        Frame.InFile endOfInner = new Frame.InFile(id("sizes"), new FileOffset(0x1024));
        assertThat(function(symbolize(symbolizer, endOfInner, Position.LEAF))).isEqualTo("outer");
        assertThat(function(symbolize(symbolizer, endOfInner, Position.CALLER))).isEqualTo("inner");
    }

    private static SymbolizationResult symbolize(Symbolizer symbolizer, Frame.InFile frame, Position position) {
        FramesByBinary asked = new FramesByBinary();
        asked.add(7, frame, position);
        List<SymbolizationResult> answers = new ArrayList<>();
        symbolizer.symbolize(asked, (index, about, symbolized) -> {
            assertThat(index).isEqualTo(7);
            assertThat(about).isEqualTo(frame);
            answers.add(symbolized);
        });
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    @Test
    void nothingLiesBeforeTheFirstByte() throws Exception {
        copy("sizes");
        Frame.InFile first = new Frame.InFile(id("sizes"), new FileOffset(0));
        assertThat(symbolize(symbolizer(), first, Position.CALLER)).isEqualTo(new NoSymbol(id("sizes")));
    }

    @Test
    void aPlaceOutsideEverySegmentHasNoSymbol() throws Exception {
        copy("sizes");
        for (long offset : new long[] {0x7fff_ffff, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            assertThat(symbolizer().symbolize(id("sizes"), new FileOffset(offset)))
                    .isEqualTo(new NoSymbol(id("sizes")));
        }
    }

    @Test
    void aStrippedExecutableAloneHasNoSymbol() throws Exception {
        copy("split/stripped");
        assertThat(symbolizer().symbolize(id("split.stripped"), new FileOffset(0x1000)))
                .isEqualTo(new NoSymbol(id("split.stripped")));
    }

    @Test
    void aDebugFileAloneIsNoBridge() throws Exception {
        copy("split/stripped.debug");
        assertThat(symbolizer().symbolize(id("split.stripped"), new FileOffset(0x1000)))
                .isEqualTo(new NoBinary(id("split.stripped"), Cause.NO_EXECUTABLE));
    }

    @Test
    void aDebugFileFromATreeAndTheExecutableFromAFolder() throws Exception {
        copy("split/stripped");
        Symbolizer symbolizer = symbolizer(folder, Fixtures.path("binaries/debug-tree"));
        assertThat(function(symbolizer.symbolize(id("split.stripped"), new FileOffset(0x1000))))
                .isEqualTo("__cxa_pure_virtual");
    }

    /// The debug file has another build-id, so that only name and CRC lead to it.
    @Test
    void aDebugFileIsFoundByTheLinkInTheExecutable() throws Exception {
        byte[] debug = Files.readAllBytes(Fixtures.path("binaries/split/stripped.debug"));
        debug[indexOf(debug, id("split.stripped").toBytes())] ^= 1;
        Path debugFile = Files.createDirectories(folder.resolve(".debug")).resolve("stripped.debug");
        Files.write(debugFile, debug);
        byte[] stripped = Files.readAllBytes(Fixtures.path("binaries/split/stripped"));
        int link = indexOf(stripped, "stripped.debug\0\0".getBytes(StandardCharsets.US_ASCII));
        CRC32 crc = new CRC32();
        crc.update(debug);
        ByteBuffer.wrap(stripped).order(ByteOrder.LITTLE_ENDIAN).putInt(link + 16, (int) crc.getValue());
        Files.write(folder.resolve("stripped"), stripped);

        Symbolizer symbolizer = symbolizer();
        FileOffset place = new FileOffset(0x1000);
        assertThat(function(symbolizer.symbolize(id("split.stripped"), place))).isEqualTo("__cxa_pure_virtual");
        Files.write(debugFile, new byte[1], StandardOpenOption.APPEND);
        symbolizer.forget();
        assertThat(symbolizer.symbolize(id("split.stripped"), place)).isEqualTo(new NoSymbol(id("split.stripped")));
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int at = 0; at + part.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new AssertionError("not there");
    }

    @Test
    void aBrokenBinaryIsNamedAsOneWithoutItsPath() throws Exception {
        byte[] whole = Files.readAllBytes(Fixtures.path("binaries/sizes"));
        Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length - 100));
        assertThat(symbolizer().symbolize(id("sizes"), new FileOffset(0x1000)))
                .isInstanceOfSatisfying(
                        BadBinary.class,
                        bad -> assertThat(bad.detail())
                                .startsWith("offset 0x")
                                .doesNotContain(folder.toString())
                                .doesNotContain("cut"));
    }

    @Test
    void aGoodCopyBesideABrokenOneAnswers() throws Exception {
        byte[] whole = Files.readAllBytes(Fixtures.path("binaries/sizes"));
        Files.write(folder.resolve("a-cut"), Arrays.copyOf(whole, whole.length - 100));
        copy("sizes");
        assertThat(function(symbolizer().symbolize(id("sizes"), new FileOffset(0x1000))))
                .isEqualTo("_start");
    }

    @Test
    void absenceIsForgottenSoonAndTablesAreNot() throws Exception {
        DirectoryArtifacts artifacts = new DirectoryArtifacts(List.of(folder), ScanLimits.DEFAULT, ParseLimits.DEFAULT);
        SymbolizerLimits limits = SymbolizerLimits.DEFAULT;
        Symbolizer symbolizer = new Symbolizer(local(artifacts), builds, limits, ParseLimits.DEFAULT, nanos::get);
        FileOffset start = new FileOffset(0x1000);
        // An index that is built meanwhile would be one more load.
        try (BlockedBuilds _ = new BlockedBuilds(builds)) {
            assertThat(symbolizer.symbolize(id("sizes"), start)).isEqualTo(new NoBinary(id("sizes"), Cause.NOT_HELD));
            copy("sizes");
            artifacts.rescan();
            assertThat(symbolizer.symbolize(id("sizes"), start)).isInstanceOf(NoBinary.class);
            nanos.addAndGet(limits.absent().toNanos() + 1);
            assertThat(function(symbolizer.symbolize(id("sizes"), start))).isEqualTo("_start");
            nanos.addAndGet(limits.absent().toNanos() + 1);
            assertThat(function(symbolizer.symbolize(id("sizes"), start))).isEqualTo("_start");
        }
        assertThat(loads(symbolizer)).isEqualTo(2);
    }

    @Test
    void aFileReplacedUnderUsNeverGivesTheNamesOfAnother() throws Exception {
        copy("sizes");
        Symbolizer symbolizer = symbolizer();
        FileOffset start = new FileOffset(0x1000);
        assertThat(function(symbolizer.symbolize(id("sizes"), start))).isEqualTo("_start");
        Files.copy(Fixtures.path("binaries/non-pie"), folder.resolve("sizes"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(function(symbolizer.symbolize(id("sizes"), start))).isEqualTo("_start");
        symbolizer.forget();
        assertThat(symbolizer.symbolize(id("sizes"), start)).isEqualTo(new NoBinary(id("sizes"), Cause.NOT_HELD));
        Files.delete(folder.resolve("sizes"));
        symbolizer.forget();
        assertThat(symbolizer.symbolize(id("sizes"), start)).isEqualTo(new NoBinary(id("sizes"), Cause.UNREADABLE));
    }

    @Test
    void manyCallersOpenABinaryOnce() throws Exception {
        copy("cxx-O2");
        Symbolizer symbolizer = symbolizer();
        Callable<SymbolizationResult> ask = () -> symbolizer.symbolize(id("cxx-O2"), new FileOffset(0x1000));
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<SymbolizationResult>> answers = executor.invokeAll(Collections.nCopies(64, ask));
            for (Future<SymbolizationResult> answer : answers) {
                assertThat(function(answer.get())).isEqualTo("__cxa_pure_virtual");
            }
        }
        // Once its files, and once the index that was built of them.
        assertThat(loads(symbolizer)).isLessThanOrEqualTo(2);
    }

    private static long loads(Symbolizer symbolizer) {
        return symbolizer.cache().misses(EntryType.BINARY) + symbolizer.cache().misses(EntryType.NEGATIVE);
    }

    /// A cache that drops whatever it gets, as one does whose other entries are asked for more often.
    @Test
    @Timeout(60)
    void aBinaryThatTheCacheHasNoPlaceForAnswersAllTheSame() throws Exception {
        copy("sizes");
        DirectoryArtifacts artifacts = new DirectoryArtifacts(List.of(folder), ScanLimits.DEFAULT, ParseLimits.DEFAULT);
        artifacts.rescan();
        SymbolizerLimits none = SymbolizerLimits.DEFAULT.within(1, 1);
        Symbolizer symbolizer = new Symbolizer(local(artifacts), builds, none, ParseLimits.DEFAULT, nanos::get);
        for (String line : Files.readAllLines(Fixtures.path("expected/sizes.symbols"))) {
            SymbolizationResult answer =
                    symbolizer.symbolize(id("sizes"), new FileOffset(Long.decode(line.split(" ", -1)[0])));
            assertThat(answer).isInstanceOfAny(Known.class, NoSymbol.class);
        }
        assertThat(symbolizer.cache().bytes()).isZero();
        assertThat(symbolizer.state(id("sizes"))).isInstanceOf(BinaryState.Open.class);
    }

    private static long exportedOffset() throws IOException {
        for (String line : Files.readAllLines(Fixtures.path("expected/libdynsym.so.symbols"))) {
            if (line.endsWith(" exported")) {
                return Long.decode(line.substring(0, line.indexOf(' ')));
            }
        }
        throw new AssertionError("libdynsym.so exports nothing");
    }
}
