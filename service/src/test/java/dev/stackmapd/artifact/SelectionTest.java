package dev.stackmapd.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.artifact.disk.Conflict;
import dev.stackmapd.artifact.disk.HeldArtifact;
import dev.stackmapd.artifact.disk.Origin;
import dev.stackmapd.artifact.folder.ArtifactReader;
import dev.stackmapd.artifact.folder.DirectoryArtifacts;
import dev.stackmapd.artifact.folder.ScanLimits;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import dev.stackmapd.fixtures.Fixtures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which of several files of one build-id are used together. Tools made the files (`build-layouts.sh`).
class SelectionTest {
    private static final BuildId PIE =
            BuildId.parse("6c61796f75742d7069656c61796f75742d706965").orElseThrow();
    private static final BuildId FIXED =
            BuildId.parse("6c61796f75742d6669786c61796f75742d666978").orElseThrow();
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Origin UPLOAD = new Origin.Upload(Origin.Route.PUT, "127.0.0.1", "somebody");
    private static final Origin FETCH = new Origin.Debuginfod("https://debuginfod.example", "");

    @TempDir
    private Path one;

    @TempDir
    private Path other;

    @Test
    void ofFoldersThatContradictOneAnotherTheFirstCounts() throws Exception {
        copy("pie.other", one.resolve("z"));
        copy("pie", other.resolve("a"));

        Selection selection = Selection.of(find(PIE, one, other), List.of(), NOON);
        Selection turned = Selection.of(find(PIE, other, one), List.of(), NOON);

        assertThat(selection.inFolders()).extracting(Artifact::path).containsExactly(one.resolve("z"));
        assertThat(turned.inFolders()).extracting(Artifact::path).containsExactly(other.resolve("a"));
        assertThat(turned.conflicts())
                .containsExactly(new Conflict(
                        ArtifactKind.EXECUTABLE,
                        Conflict.Source.FOLDER,
                        "",
                        NOON,
                        "executable segments in memory: 0x1000+0x80 here, 0x1000+0x4d in a file of the operator's"
                                + " folders"));
    }

    @Test
    void theMoreTrustedCountsWhicheverCameFirst() throws Exception {
        copy("pie", one.resolve("a"));
        HeldArtifact fetched = stored("pie.moved", FETCH, NOON);
        HeldArtifact uploaded = stored("pie.other", UPLOAD, NOON.minusSeconds(60));
        HeldArtifact agreeing = stored("pie.objcopy", UPLOAD, NOON.plusSeconds(60));

        Selection all = Selection.of(find(PIE, one), List.of(uploaded, fetched, agreeing), NOON);
        Selection withoutFolder = Selection.of(List.of(), List.of(uploaded, fetched, agreeing), NOON);

        assertThat(all.stored()).containsExactly(agreeing);
        assertThat(all.conflicts()).extracting(Conflict::sha256).containsExactly(fetched.sha256(), uploaded.sha256());
        assertThat(withoutFolder.stored()).containsExactly(fetched);
    }

    @Test
    void withinAClassTheFirstCounts() throws Exception {
        HeldArtifact late = stored("pie", UPLOAD, NOON);
        HeldArtifact early = stored("pie.other.eu", UPLOAD, NOON.minusSeconds(60));

        assertThat(Selection.of(List.of(), List.of(late, early), NOON).stored()).containsExactly(early);
    }

    /// Both executables agree with the debug file, which has no offsets, and not with one another.
    @Test
    void everyPairHasToAgree() throws Exception {
        copy("fixed.objcopy", one.resolve("a.debug"));
        copy("fixed", one.resolve("b"));
        copy("fixed.rpath", one.resolve("c"));

        Selection selection = Selection.of(find(FIXED, one), List.of(), NOON);

        assertThat(selection.inFolders())
                .extracting(Artifact::path)
                .containsExactly(one.resolve("a.debug"), one.resolve("b"));
        assertThat(selection.conflicts()).hasSize(1);
    }

    @Test
    void anExecutableIsTheBridgeBeforeADebugFileThatKeptItsOffsets() throws Exception {
        copy("fixed.eu", one.resolve("a.debug"));
        assertThat(Selection.of(find(FIXED, one), List.of(), NOON).bridge().orElseThrow())
                .isEqualTo(layout("fixed.eu"));

        copy("fixed.rpath", one.resolve("b"));
        assertThat(Selection.of(find(FIXED, one), List.of(), NOON).bridge().orElseThrow())
                .isEqualTo(layout("fixed.rpath"));
    }

    /// The debug file's offsets are those of the program before patchelf moved its code in the file.
    @Test
    void offsetsOfADebugFileCountAgainstAMappedFileWhereTheyAreTheBridge() throws Exception {
        copy("fixed.eu", one.resolve("a.debug"));
        Selection debugFileAlone = Selection.of(find(FIXED, one), List.of(), NOON);
        assertThat(debugFileAlone.contradiction(layout("fixed"))).isEmpty();
        assertThat(debugFileAlone.contradiction(layout("fixed.rpath"))).isPresent();

        copy("fixed.rpath", one.resolve("b"));
        Selection both = Selection.of(find(FIXED, one), List.of(), NOON);
        assertThat(both.contradiction(layout("fixed.rpath"))).isEmpty();
        assertThat(both.contradiction(layout("fixed"))).isPresent();
    }

    private static List<Artifact> find(BuildId buildId, Path... folders) {
        DirectoryArtifacts artifacts =
                new DirectoryArtifacts(List.of(folders), ScanLimits.DEFAULT, ParseLimits.DEFAULT);
        artifacts.rescan();
        return artifacts.find(buildId);
    }

    private static HeldArtifact stored(String name, Origin origin, Instant at) throws Exception {
        Artifact.Binary file = read(name);
        return new HeldArtifact(
                file.buildId(),
                file.htlhash(),
                file.code() == Artifact.Code.PRESENT ? ArtifactKind.EXECUTABLE : ArtifactKind.DEBUGINFO,
                origin,
                "%064x".formatted(name.hashCode() & 0xffffffffL),
                1,
                file.code(),
                file.quality(),
                file.layout(),
                at,
                at,
                0);
    }

    private static Layout layout(String name) throws Exception {
        return read(name).layout();
    }

    private static Artifact.Binary read(String name) throws Exception {
        return (Artifact.Binary) new ArtifactReader(ParseLimits.DEFAULT)
                .read(Fixtures.path("binaries/layouts/" + name))
                .orElseThrow();
    }

    private static void copy(String name, Path to) throws Exception {
        Files.copy(Fixtures.path("binaries/layouts/" + name), to);
    }
}
