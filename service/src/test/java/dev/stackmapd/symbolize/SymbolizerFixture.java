package dev.stackmapd.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.LocalArtifacts;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.StoreLimits;
import dev.stackmapd.artifact.disk.StoreLimits.UploadEviction;
import dev.stackmapd.artifact.folder.DirectoryArtifacts;
import dev.stackmapd.artifact.folder.ScanLimits;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.index.IndexSettings;
import dev.stackmapd.elfcore.lookup.SourceFrame;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.symbolize.SymbolizationResult.Known;
import dev.stackmapd.symbolize.index.IndexBuilds;
import dev.stackmapd.symbolize.index.IndexFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// What tests of the [Symbolizer] have in common: a folder of binaries, and the builds of their indexes.
abstract class SymbolizerFixture {
    @TempDir
    Path folder;

    static final StoreLimits ROOMY = new StoreLimits(1 << 30, 0, 1 << 20, Duration.ofHours(1), UploadEviction.NEVER);

    @TempDir
    Path cache;

    final AtomicLong nanos = new AtomicLong();

    @SuppressWarnings("NullAway.Init") // JUnit opens it before each test
    ArtifactStore store;

    @SuppressWarnings("NullAway.Init") // JUnit opens it before each test
    IndexBuilds builds;

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

    /// The expected files list no stubs, which symbol tables do not have. What is approximate begins with `~`.
    static String listed(SourceFrame frame) {
        String rawName = frame.rawName();
        boolean nothing = rawName.isEmpty() || rawName.endsWith("@plt");
        return nothing ? "??" : frame.approximate() ? "~" + rawName : rawName;
    }

    Artifacts local(DirectoryArtifacts directories) {
        return LocalArtifacts.over(directories, store);
    }

    Symbolizer symbolizer(Path... folders) {
        List<Path> all = folders.length == 0 ? List.of(folder) : List.of(folders);
        DirectoryArtifacts artifacts = new DirectoryArtifacts(all, ScanLimits.DEFAULT, ParseLimits.DEFAULT);
        artifacts.rescan();
        return new Symbolizer(local(artifacts), builds, SymbolizerLimits.DEFAULT, ParseLimits.DEFAULT, nanos::get);
    }

    void copy(String fixture) throws IOException {
        Path from = Fixtures.path("binaries/" + fixture);
        Files.copy(from, folder.resolve(from.getFileName().toString()));
    }

    static String function(SymbolizationResult answer) {
        assertThat(answer).isInstanceOf(Known.class);
        return ((Known) answer).frames().getLast().rawName();
    }

    static BuildId id(String fixture) throws IOException {
        return BuildId.parse(Files.readAllLines(Fixtures.path("expected/" + fixture + ".buildid"))
                        .getFirst())
                .orElseThrow();
    }
}
