package dev.stackmapd.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.LocalArtifacts;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.StoreLimits;
import dev.stackmapd.artifact.disk.StoreLimits.UploadEviction;
import dev.stackmapd.artifact.folder.DirectoryArtifacts;
import dev.stackmapd.artifact.folder.ScanLimits;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.elfcore.index.IndexSettings;
import dev.stackmapd.elfcore.lookup.SourceFrame;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.symbolize.SymbolCache.EntryType;
import dev.stackmapd.symbolize.index.IndexBuilds;
import dev.stackmapd.symbolize.index.IndexFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Files, lines and inlined calls of every fixture with debug information, straight from its files and then from its
/// index. Expected is what llvm-symbolizer printed.
class SourceLinesTest {
    private static final StoreLimits ROOMY =
            new StoreLimits(1 << 30, 0, 1 << 20, Duration.ofHours(1), UploadEviction.NEVER);

    @TempDir
    private Path cache;

    @SuppressWarnings("NullAway.Init") // JUnit opens it before each test
    private ArtifactStore store;

    @SuppressWarnings("NullAway.Init") // JUnit opens it before each test
    private IndexBuilds builds;

    @BeforeEach
    void openBuilds() throws IOException {
        store = ArtifactStore.open(cache.resolve("files"), ROOMY, ParseLimits.DEFAULT);
        builds = new IndexBuilds(new IndexFolder(cache.resolve("indexes"), store), IndexSettings.DEFAULT);
    }

    @AfterEach
    void closeBuilds() throws IOException {
        builds.close();
        store.close();
    }

    /// Relocatable files have neither segments nor build-ids.
    static Stream<String> fixtures() throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.path("expected/dwarf"))) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".frames") && !name.contains(".o."))
                    .map(name -> name.replace(".frames", ""))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void areThoseOfLlvmSymbolizer(String fixture) throws Exception {
        Symbolizer symbolizer = over(Fixtures.path("binaries/dwarf"));
        Binary binary = Binary.of(fixture);
        Map<Long, List<String>> expected = expected(fixture);
        assertThat(differences(symbolizer, binary, expected))
                .as("from the files")
                .isEmpty();
        await().until(() -> builds.built() == 1 && builds.underWay() == 0);
        assertThat(differences(symbolizer, binary, expected))
                .as("from the index")
                .isEmpty();
        assertThat(loads(symbolizer)).isEqualTo(2);
    }

    @Test
    void anIndexServesTheNextStart() throws Exception {
        Path folder = Fixtures.path("binaries/dwarf");
        Binary binary = Binary.of("plain");
        over(folder).symbolize(binary.id(), new FileOffset(0x1010));
        await().until(() -> builds.built() == 1 && builds.underWay() == 0);
        over(folder).symbolize(binary.id(), new FileOffset(0x1010));
        assertThat(builds.built() + builds.notBuilt() + builds.underWay()).isEqualTo(1);
    }

    @Test
    void aDamagedIndexIsBuiltAgain() throws Exception {
        Path folder = Fixtures.path("binaries/dwarf");
        Binary binary = Binary.of("plain");
        Map<Long, List<String>> expected = expected("plain");
        over(folder).symbolize(binary.id(), new FileOffset(0x1010));
        await().until(() -> builds.built() == 1 && builds.underWay() == 0);
        Path index = indexes().getFirst();
        byte[] bytes = Files.readAllBytes(index);
        bytes[bytes.length / 2] ^= 1;
        Files.write(index, bytes);
        assertThat(differences(over(folder), binary, expected)).isEmpty();
        await().until(() -> builds.built() == 2 && builds.underWay() == 0);
        assertThat(differences(over(folder), binary, expected)).isEmpty();
    }

    @Test
    void anIndexOfAnotherBinaryIsNotBelieved() throws Exception {
        Path folder = Fixtures.path("binaries/dwarf");
        over(folder).symbolize(Binary.of("plain").id(), new FileOffset(0x1010));
        await().until(() -> builds.built() == 1 && builds.underWay() == 0);
        Path plain = indexes().getFirst();
        over(folder).symbolize(Binary.of("gcc-cold").id(), new FileOffset(0x1010));
        await().until(() -> builds.built() == 2 && builds.underWay() == 0);
        Path cold = indexes().stream().filter(i -> !i.equals(plain)).findFirst().orElseThrow();
        Files.copy(cold, plain, StandardCopyOption.REPLACE_EXISTING);
        assertThat(differences(over(folder), Binary.of("plain"), expected("plain")))
                .isEmpty();
        await().until(() -> builds.built() == 3 && builds.underWay() == 0);
    }

    @Test
    void aFileThatChangesHasAnotherIndexAndTheOldOneGoes(@TempDir Path folder) throws Exception {
        Path copy = Files.copy(Fixtures.path("binaries/dwarf/plain"), folder.resolve("plain"));
        Binary binary = Binary.of("plain");
        over(folder).symbolize(binary.id(), new FileOffset(0x1010));
        await().until(() -> builds.built() == 1 && builds.underWay() == 0);
        List<Path> before = indexes();
        Files.setLastModifiedTime(copy, FileTime.fromMillis(1_000));
        over(folder).symbolize(binary.id(), new FileOffset(0x1010));
        await().until(() -> builds.built() == 2 && builds.underWay() == 0);
        assertThat(indexes()).hasSize(1).doesNotContainAnyElementsOf(before);
    }

    @Test
    void indexesOfKilledBuildsAreSweptAtTheStart() throws Exception {
        Files.createFile(cache.resolve("indexes/v1/left-by-a-killed-build.tmp"));
        builds.close();
        builds = new IndexBuilds(new IndexFolder(cache.resolve("indexes"), store), IndexSettings.DEFAULT);
        assertThat(indexes()).isEmpty();
    }

    @Test
    void whatLiesInTheFolderCountsAndSoDoesEachIndex() throws Exception {
        over(Fixtures.path("binaries/dwarf")).symbolize(Binary.of("plain").id(), new FileOffset(0x1010));
        await().until(() -> builds.built() == 1 && builds.underWay() == 0);
        long bytes = bytesOfIndexes();
        assertThat(store.usage().bytes()).isEqualTo(bytes);
        reopen(ROOMY);
        assertThat(store.usage().bytes()).isEqualTo(bytes);
    }

    /// Room for one build of the largest, which takes more than its index, and for nothing beside it.
    @Test
    void theFolderStaysWithinTheQuotaOfTheStore() throws Exception {
        long quota = 2 * Files.size(Fixtures.path("binaries/dwarf/gcc-dwarf4")) + (1 << 16);
        reopen(new StoreLimits(quota, 0, 1 << 20, Duration.ofHours(1), UploadEviction.NEVER));
        for (String fixture : List.of("gcc-lto", "plain", "gcc-dwarf4")) {
            Symbolizer symbolizer = over(Fixtures.path("binaries/dwarf"));
            long before = builds.built();
            symbolizer.symbolize(Binary.of(fixture).id(), new FileOffset(0x1010));
            await().until(() -> builds.built() == before + 1 && builds.underWay() == 0);
            assertThat(store.usage().bytes()).isBetween(1L, quota);
        }
        assertThat(indexes()).hasSize(1);
    }

    @Test
    void anIndexThatIsReadStaysAndWithoutRoomTheFilesAnswer() throws Exception {
        Path folder = Fixtures.path("binaries/dwarf");
        long quota = 2 * Files.size(folder.resolve("gcc-dwarf4")) + (1 << 16);
        reopen(new StoreLimits(quota, 0, 1 << 20, Duration.ofHours(1), UploadEviction.NEVER));
        Symbolizer symbolizer = over(folder);
        Binary read = Binary.of("gcc-lto");
        symbolizer.symbolize(read.id(), new FileOffset(0x1010));
        await().until(() -> builds.built() == 1 && builds.underWay() == 0);
        symbolizer.symbolize(read.id(), new FileOffset(0x1010));
        assertThat(differences(symbolizer, Binary.of("gcc-dwarf4"), expected("gcc-dwarf4")))
                .isEmpty();
        await().until(() -> builds.notBuilt() == 1 && builds.underWay() == 0);
        assertThat(indexes()).singleElement().asString().contains(read.id().hex());
        symbolizer.forget();
        assertThat(store.usage().bytes()).isEqualTo(bytesOfIndexes());
    }

    private void reopen(StoreLimits limits) throws IOException {
        builds.close();
        store.close();
        store = ArtifactStore.open(cache.resolve("files"), limits, ParseLimits.DEFAULT);
        builds = new IndexBuilds(new IndexFolder(cache.resolve("indexes"), store), IndexSettings.DEFAULT);
    }

    private Artifacts local(DirectoryArtifacts directories) {
        return LocalArtifacts.over(directories, store);
    }

    private static long loads(Symbolizer symbolizer) {
        return symbolizer.cache().misses(EntryType.BINARY) + symbolizer.cache().misses(EntryType.NEGATIVE);
    }

    private Symbolizer over(Path folder) {
        DirectoryArtifacts artifacts = new DirectoryArtifacts(List.of(folder), ScanLimits.DEFAULT, ParseLimits.DEFAULT);
        artifacts.rescan();
        return new Symbolizer(local(artifacts), builds, SymbolizerLimits.DEFAULT, ParseLimits.DEFAULT);
    }

    private List<Path> indexes() throws IOException {
        try (Stream<Path> files = Files.list(cache.resolve("indexes/v1"))) {
            return files.filter(file -> !file.toString().endsWith(".inputs")).toList();
        }
    }

    /// Of indexes and of what lies beside them.
    private long bytesOfIndexes() throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(cache.resolve("indexes/v1"))) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    static List<String> differences(Symbolizer symbolizer, Binary binary, Map<Long, List<String>> expected) {
        List<String> differences = new ArrayList<>();
        expected.forEach((address, frames) -> {
            List<String> ours = answer(symbolizer.symbolize(binary.id(), binary.offsetOf(address)));
            // What only a symbol table names is not in the expected frames.
            boolean symbolOnly =
                    frames.isEmpty() && ours.size() == 1 && ours.getFirst().endsWith(" :0:0");
            if (!ours.equals(frames) && !symbolOnly) {
                differences.add("0x%x: %s instead of %s".formatted(address, ours, frames));
            }
        });
        return differences;
    }

    private static List<String> answer(SymbolizationResult symbolized) {
        return switch (symbolized) {
            case SymbolizationResult.Known known ->
                known.frames().stream().map(SourceLinesTest::text).toList();
            case SymbolizationResult.NoSymbol _ -> List.of();
            case SymbolizationResult.NoBinary none -> List.of(none.toString());
            case SymbolizationResult.BadBinary bad -> List.of(bad.toString());
        };
    }

    private static String text(SourceFrame frame) {
        return text(frame.rawName(), frame.file(), frame.line(), frame.column());
    }

    /// Of two aliases, and of a function and its clones, either may be named.
    private static String text(String name, String file, int line, int column) {
        String any =
                name.replaceAll("\\.(cold|constprop|part|isra|lto_priv).*", "").replaceAll("([CD])[0-5]E", "$1E");
        return "%s %s:%d:%d".formatted(any, file, line, column);
    }

    static Map<Long, List<String>> expected(String fixture) throws IOException {
        Map<Long, List<String>> expected = new LinkedHashMap<>();
        List<String> frames = new ArrayList<>();
        for (String line : Files.readAllLines(Fixtures.path("expected/dwarf/" + fixture + ".frames"))) {
            if (line.startsWith("0x")) {
                frames = new ArrayList<>();
                expected.put(Long.decode(line), frames);
            } else {
                String[] fields = line.split("\t", -1);
                // Where debug information has no file, llvm-symbolizer prints that of the symbol table's file entry.
                String file = !fields[1].contains("/") && fields[2].equals("0") ? "" : fields[1];
                frames.add(text(fields[0], file, Integer.parseInt(fields[2]), Integer.parseInt(fields[3])));
            }
        }
        return expected;
    }

    record Binary(BuildId id, List<LoadSegment> segments) {
        static Binary of(String fixture) throws Exception {
            Path path = Fixtures.path("binaries/dwarf/" + fixture);
            try (ElfFile file =
                    ElfFile.open(Files.isDirectory(path) ? path.resolve(fixture) : path, ParseLimits.DEFAULT)) {
                return new Binary(((BuildIdSearch.Found) file.buildId()).buildId(), file.loadSegments());
            }
        }

        FileOffset offsetOf(long address) {
            for (LoadSegment segment : segments) {
                long within = address - segment.address().value();
                if (Long.compareUnsigned(within, segment.fileSize()) < 0) {
                    return new FileOffset(segment.offset().value() + within);
                }
            }
            throw new AssertionError("no segment has 0x" + Long.toHexString(address));
        }
    }
}
