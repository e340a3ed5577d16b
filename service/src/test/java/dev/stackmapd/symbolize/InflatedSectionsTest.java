package dev.stackmapd.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.artifact.LocalArtifacts;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.QuotaShare;
import dev.stackmapd.artifact.disk.StoreLimits;
import dev.stackmapd.artifact.disk.StoreLimits.UploadEviction;
import dev.stackmapd.artifact.folder.DirectoryArtifacts;
import dev.stackmapd.artifact.folder.ScanLimits;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.index.IndexSettings;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.symbolize.SourceLinesTest.Binary;
import dev.stackmapd.symbolize.index.IndexBuilds;
import dev.stackmapd.symbolize.index.IndexFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Compressed sections on a disk that is full, or becomes it: what there is no space for is said to lack, and
/// named again when there is. Expected answers are llvm-symbolizer's.
class InflatedSectionsTest {
    private static final String FIXTURE = "compressed-zlib";
    private static final int QUOTA = 1 << 20;

    @TempDir
    private Path cache;

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // made before each test
    private ArtifactStore store;

    @SuppressWarnings("NullAway.Init") // made before each test
    private IndexBuilds builds;

    @SuppressWarnings("NullAway.Init") // made before each test
    private QuotaShare others;

    @SuppressWarnings("NullAway.Init") // made before each test
    private Symbolizer symbolizer;

    @SuppressWarnings("NullAway.Init") // made before each test
    private Binary binary;

    @BeforeEach
    void open() throws Exception {
        StoreLimits limits = new StoreLimits(QUOTA, 0, 1 << 20, Duration.ofHours(1), UploadEviction.NEVER);
        store = ArtifactStore.open(cache.resolve("files"), limits, ParseLimits.DEFAULT);
        builds = new IndexBuilds(new IndexFolder(cache.resolve("indexes"), store), IndexSettings.DEFAULT);
        others = store.quotaShare(List::of);
        Files.copy(Fixtures.path("binaries/dwarf/" + FIXTURE), folder.resolve(FIXTURE));
        DirectoryArtifacts artifacts = new DirectoryArtifacts(List.of(folder), ScanLimits.DEFAULT, ParseLimits.DEFAULT);
        artifacts.rescan();
        symbolizer = new Symbolizer(
                LocalArtifacts.over(artifacts, store), builds, SymbolizerLimits.DEFAULT, ParseLimits.DEFAULT);
        binary = Binary.of(FIXTURE);
    }

    @AfterEach
    void close() throws IOException {
        builds.close();
        store.close();
    }

    @Test
    void areGivenBackOnceThereIsAnIndex() throws Exception {
        assertThat(differences()).isEmpty();
        await().until(() -> builds.underWay() == 0);
        assertThat(differences()).isEmpty();
        assertThat(builds.built()).isOne();
        assertThat(store.scratchBytes()).isZero();
    }

    @Test
    void lackWhereTheDiskIsFullUntilThereIsSpace() throws Exception {
        assertThat(others.take(QUOTA)).isTrue();
        assertThat(differences()).isNotEmpty();
        assertThat(lacking())
                .contains(new LackingPart(LackingPart.Kind.SECTION, ".debug_info", LackingPart.Reason.TOO_LARGE));
        assertThat(store.usage().bytes()).isEqualTo(QUOTA);
        others.settle(QUOTA, 0);
        assertThat(differences()).as("until the files are looked at").isNotEmpty();
        symbolizer.refresh();
        assertThat(differences()).isEmpty();
        assertThat(lacking()).isEmpty();
    }

    /// The index would say for as long as it lives that they lack.
    @Test
    void thatHadNoSpaceForAMomentMakeNoIndex() throws Exception {
        long forIndex = 2 * Files.size(folder.resolve(FIXTURE)) + (1 << 16);
        long forEntries = size(".debug_info") + size(".debug_abbrev");
        long taken = QUOTA - forIndex - forEntries;
        assertThat(others.take(taken)).isTrue();
        symbolizer.prepare(binary.id());
        await().until(() -> builds.underWay() == 0);
        assertThat(builds.notBuilt()).isOne();
        assertThat(indexes()).isEmpty();
        assertThat(store.usage().bytes() - store.scratchBytes()).isEqualTo(taken);
    }

    /// An open binary that is not asked for holds disk only as long as there is enough.
    @Test
    void giveTheirDiskToWhatNeedsIt() throws Exception {
        assertThat(others.take(QUOTA - 50_000)).isTrue();
        assertThat(differences()).as("from the files").isEmpty();
        await().until(() -> builds.underWay() == 0);
        assertThat(builds.notBuilt()).as("for want of disk").isOne();
        assertThat(store.scratchBytes()).isBetween(4_000L, 50_000L);
        assertThat(others.take(50_000)).isTrue();
        assertThat(store.scratchBytes()).isZero();
        others.settle(50_000, 0);
        assertThat(differences()).as("from the files, opened again").isEmpty();
        BinaryState.Open open = (BinaryState.Open) symbolizer.state(binary.id());
        assertThat(open.names()).isEqualTo(BinaryState.NameSource.FILES);
        assertThat(open.lacking()).isEmpty();
    }

    private List<String> differences() throws IOException {
        Map<Long, List<String>> expected = SourceLinesTest.expected(FIXTURE);
        return SourceLinesTest.differences(symbolizer, binary, expected);
    }

    private List<LackingPart> lacking() {
        return ((BinaryState.Open) symbolizer.state(binary.id())).lacking();
    }

    private long size(String section) throws Exception {
        try (ElfFile file = ElfFile.open(folder.resolve(FIXTURE), ParseLimits.DEFAULT)) {
            return file.measuredSize(section);
        }
    }

    private List<Path> indexes() throws IOException {
        try (Stream<Path> files = Files.walk(cache.resolve("indexes"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
