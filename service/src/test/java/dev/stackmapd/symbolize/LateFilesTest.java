package dev.stackmapd.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.artifact.LocalArtifacts;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.StoreLimits;
import dev.stackmapd.artifact.disk.StoreLimits.UploadEviction;
import dev.stackmapd.artifact.folder.DirectoryArtifacts;
import dev.stackmapd.artifact.folder.ScanLimits;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.index.IndexSettings;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.symbolize.SourceLinesTest.Binary;
import dev.stackmapd.symbolize.index.IndexBuilds;
import dev.stackmapd.symbolize.index.IndexFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Parts of the debug information that come, change or go after an index was built: the next look at the files notices
/// it, in the same run and after a restart, and the answers are llvm-symbolizer's for the whole.
class LateFilesTest {
    private static final StoreLimits ROOMY =
            new StoreLimits(1 << 30, 0, 1 << 20, Duration.ofHours(1), UploadEviction.NEVER);
    private static final Path DWARF = Fixtures.path("binaries/dwarf");
    private static final List<String> UNITS = List.of("main.dwo", "shapes.dwo", "total.dwo");

    @TempDir
    private Path cache;

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // JUnit opens it before each test
    private ArtifactStore store;

    @SuppressWarnings("NullAway.Init") // JUnit opens it before each test
    private IndexBuilds builds;

    @BeforeEach
    void open() throws IOException {
        store = ArtifactStore.open(cache.resolve("files"), ROOMY, ParseLimits.DEFAULT);
        builds = new IndexBuilds(new IndexFolder(cache.resolve("indexes"), store), IndexSettings.DEFAULT);
    }

    @AfterEach
    void close() throws IOException {
        builds.close();
        store.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"split-gcc4", "split-gcc5", "split-clang4", "split-clang5"})
    void splitUnitsThatComeLateAreFound(String name) throws Exception {
        copy(name, name);
        Binary binary = Binary.of(name);
        Symbolizer symbolizer = start();
        assertThat(lacking(symbolizer, binary)).containsExactlyInAnyOrderElementsOf(missing());
        for (String unit : UNITS) {
            copy(name, unit);
        }
        symbolizer.refresh();
        agrees(symbolizer, name, name);
        agrees(start(), name, name);
    }

    @Test
    void splitUnitsThatComeWhileTheServiceIsDownAreFound() throws Exception {
        copy("split-clang5", "split-clang5");
        assertThat(lacking(start(), Binary.of("split-clang5"))).hasSize(UNITS.size());
        restart();
        assertThat(lacking(start(), Binary.of("split-clang5"))).hasSize(UNITS.size());
        assertThat(builds.built()).isZero();
        for (String unit : UNITS) {
            copy("split-clang5", unit);
        }
        restart();
        agrees(start(), "split-clang5", "split-clang5");
    }

    @Test
    void aPackageThatComesLateIsFound() throws Exception {
        Path packages = Fixtures.path("binaries/packages/beside");
        Files.copy(packages.resolve("app"), folder.resolve("app"));
        Binary binary = Binary.of("split-clang5");
        Symbolizer symbolizer = start();
        symbolizer.prepare(binary.id());
        // The debug file is found by the link, the package by the name of the program.
        Files.copy(packages.resolve("app.debug"), folder.resolve("app.debug"));
        symbolizer.refresh();
        assertThat(lacking(symbolizer, binary)).containsExactlyInAnyOrderElementsOf(missing());
        Files.copy(packages.resolve("app.dwp"), folder.resolve("app.dwp"));
        symbolizer.refresh();
        agrees(symbolizer, "split-clang5", "split-clang5");
    }

    @Test
    void aDebugFileThatComesLateIntoATreeIsFound() throws Exception {
        Path inside = Fixtures.path("binaries/packages/inside");
        Files.copy(inside.resolve("app"), folder.resolve("program"));
        String id = Binary.of("split-clang5").id().hex();
        Path tree = Files.createDirectories(folder.resolve(".build-id").resolve(id.substring(0, 2)));
        Symbolizer symbolizer = start();
        symbolizer.prepare(Binary.of("split-clang5").id());
        Files.copy(inside.resolve("app.debug"), tree.resolve(id.substring(2) + ".debug"));
        symbolizer.refresh();
        agrees(symbolizer, "split-clang5", "split-clang5");
    }

    @Test
    void anAlternateFileThatComesLateIsFound() throws Exception {
        Files.copy(DWARF.resolve("dwz-1"), folder.resolve("dwz-1"));
        Symbolizer symbolizer = start();
        assertThat(lacking(symbolizer, Binary.of("dwz-1"))).singleElement().satisfies(part -> {
            assertThat(part.kind()).isEqualTo(LackingPart.Kind.DWZ);
            assertThat(part.reason()).isEqualTo(LackingPart.Reason.MISSING);
        });
        Files.copy(DWARF.resolve("dwz-common.debug"), folder.resolve("dwz-common.debug"));
        symbolizer.refresh();
        agrees(symbolizer, "dwz-1", "dwz-1");
    }

    @Test
    void splitUnitsThatGoOrAreDamagedAreMissed() throws Exception {
        copy("split-clang5", "split-clang5");
        for (String unit : UNITS) {
            copy("split-clang5", unit);
        }
        Symbolizer symbolizer = start();
        agrees(symbolizer, "split-clang5", "split-clang5");
        Files.delete(folder.resolve("main.dwo"));
        Files.write(folder.resolve("total.dwo"), new byte[] {0x7f, 'E', 'L', 'F'});
        symbolizer.refresh();
        assertThat(lacking(symbolizer, Binary.of("split-clang5")))
                .containsExactlyInAnyOrder(
                        new LackingPart(LackingPart.Kind.DWO, "main.dwo", LackingPart.Reason.MISSING),
                        new LackingPart(LackingPart.Kind.DWO, "total.dwo", LackingPart.Reason.DAMAGED));
    }

    /// A name in debug information may lead to a file that is written to all the time.
    @Test
    void aFileThatIsNoElfFileMakesNothingStale() throws Exception {
        copy("split-clang5", "split-clang5");
        Files.writeString(folder.resolve("main.dwo"), "a log");
        Symbolizer symbolizer = start();
        assertThat(lacking(symbolizer, Binary.of("split-clang5"))).hasSize(UNITS.size());
        Files.writeString(folder.resolve("main.dwo"), "that grows", StandardOpenOption.APPEND);
        symbolizer.refresh();
        assertThat(lacking(symbolizer, Binary.of("split-clang5"))).hasSize(UNITS.size());
        assertThat(builds.built()).isEqualTo(1);
    }

    private void agrees(Symbolizer symbolizer, String fixture, String frames) throws Exception {
        Binary binary = Binary.of(fixture);
        Map<Long, List<String>> expected = SourceLinesTest.expected(frames);
        assertThat(SourceLinesTest.differences(symbolizer, binary, expected))
                .as("from the files")
                .isEmpty();
        await().until(() -> builds.underWay() == 0);
        assertThat(SourceLinesTest.differences(symbolizer, binary, expected))
                .as("from the index")
                .isEmpty();
        assertThat(symbolizer.state(binary.id()))
                .isEqualTo(new BinaryState.Open(BinaryState.NameSource.INDEX, List.of()));
    }

    /// What the index says of the binary, when it is there.
    private List<LackingPart> lacking(Symbolizer symbolizer, Binary binary) {
        symbolizer.prepare(binary.id());
        await().until(() -> builds.underWay() == 0);
        assertThat(symbolizer.state(binary.id())).isInstanceOf(BinaryState.Open.class);
        BinaryState.Open state = (BinaryState.Open) symbolizer.state(binary.id());
        assertThat(state.names()).isEqualTo(BinaryState.NameSource.INDEX);
        return state.lacking();
    }

    private static List<LackingPart> missing() {
        return UNITS.stream()
                .map(unit -> new LackingPart(LackingPart.Kind.DWO, unit, LackingPart.Reason.MISSING))
                .toList();
    }

    private void copy(String fixture, String file) throws IOException {
        Files.copy(DWARF.resolve(fixture).resolve(file), folder.resolve(file));
    }

    private void restart() throws IOException {
        close();
        open();
    }

    private Symbolizer start() {
        DirectoryArtifacts artifacts = new DirectoryArtifacts(List.of(folder), ScanLimits.DEFAULT, ParseLimits.DEFAULT);
        artifacts.rescan();
        return new Symbolizer(
                LocalArtifacts.over(artifacts, store), builds, SymbolizerLimits.DEFAULT, ParseLimits.DEFAULT);
    }
}
