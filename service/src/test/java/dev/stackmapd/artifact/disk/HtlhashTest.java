package dev.stackmapd.artifact.disk;

import static dev.stackmapd.artifact.disk.StoreFolder.FETCH;
import static dev.stackmapd.artifact.disk.StoreFolder.UPLOAD;
import static dev.stackmapd.artifact.disk.StoreFolder.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.artifact.disk.ArtifactStore.OpenReport;
import dev.stackmapd.elfcore.bytes.ByteArrayBytes;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Htlhash;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files under their htlhash, and by it. Python's hashlib printed the hashes.
class HtlhashTest {
    @SuppressWarnings("NullAway.Init") // made before each test
    private StoreFolder folder;

    @SuppressWarnings("NullAway.Init") // opened before each test
    private ArtifactStore store;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        folder = new StoreFolder(directory.resolve("store"));
        store = folder.open();
    }

    @AfterEach
    void close() throws IOException {
        folder.isInOrder(store);
        store.close();
    }

    @Test
    void aFileWithoutABuildIdIsHeldUnderItsHtlhash() throws Exception {
        Sample sample = withoutBuildId();
        HeldArtifact stored = ((ReceiveResult.Stored) put(store, sample, UPLOAD)).artifact();
        assertThat(stored.buildId()).isEqualTo(sample.buildId());
        assertThat(stored.htlhash()).isEqualTo(sample.buildId());
        assertThat(put(store, sample, UPLOAD)).isInstanceOf(ReceiveResult.AlreadyThere.class);

        reopen();
        assertThat(store.held(sample.buildId())).containsExactly(stored);
        assertThat(store.held(gnu(sample.buildId())))
                .as("a GNU build-id of the same bytes")
                .isEmpty();
        assertThat(store.remove(sample.buildId(), sample.kind())).isTrue();
        assertThat(store.held(sample.buildId())).isEmpty();
        assertThat(StoreFolder.files(folder.path().resolve(Disk.GENERATION))).isEmpty();
    }

    @Test
    void anotherHashThanTheFilesIsRefused() throws Exception {
        Sample sample = withoutBuildId();
        BuildId claimed = hash("sizes");
        assertThat(put(store, new Sample(claimed, sample.kind(), sample.hex()), UPLOAD))
                .isEqualTo(new ReceiveResult.WrongBuildId(claimed, sample.buildId()));
        assertThat(put(store, sample.padded(1), UPLOAD)).isInstanceOf(ReceiveResult.WrongBuildId.class);
        assertThat(put(store, new Sample(gnu(claimed), sample.kind(), sample.hex()), UPLOAD))
                .isInstanceOfSatisfying(
                        ReceiveResult.NoBuildId.class,
                        refused -> assertThat(refused.htlhash()).isEqualTo(sample.buildId()));
    }

    @Test
    void aFileWithABuildIdIsNotHeldUnderItsHtlhash() throws Exception {
        Sample sample = Sample.executable();
        BuildId hash = hash("sizes");
        assertThat(put(store, new Sample(hash, sample.kind(), sample.hex()), UPLOAD))
                .isEqualTo(new ReceiveResult.WrongBuildId(hash, sample.buildId()));
    }

    /// DEV-13: two files that share the placeholder need not be the same.
    @Test
    void aFileWithABuildIdOfZerosIsHeldUnderItsHtlhash() throws Exception {
        Sample named = Sample.executable();
        String id = named.buildId().hex();
        byte[] bytes = HexFormat.of().parseHex(named.hex().replace(id, "0".repeat(id.length())));
        BuildId hash = Htlhash.of(new ByteArrayBytes("zeros", bytes));
        Sample zeros = new Sample(hash, named.kind(), HexFormat.of().formatHex(bytes));
        assertThat(put(store, zeros, UPLOAD)).isInstanceOf(ReceiveResult.Stored.class);
        assertThat(store.held(hash)).extracting(HeldArtifact::buildId).containsExactly(hash);
    }

    @Test
    void aDownloadCountsAsSeenByEitherId() throws Exception {
        put(store, Sample.executable(), FETCH);
        BuildId hash = hash("sizes");
        store.seenBy(id -> id.equals(hash) ? Optional.of(folder.tick()) : Optional.empty());
        assertThat(store.downloads()).isEqualTo(new ArtifactStore.Downloads(1, 1));
    }

    @Test
    void aFileWithABuildIdIsFoundByItsHtlhash() throws Exception {
        HeldArtifact stored = ((ReceiveResult.Stored) put(store, Sample.executable(), FETCH)).artifact();
        BuildId hash = hash("sizes");
        assertThat(stored.htlhash()).isEqualTo(hash);
        reopen();
        assertThat(store.held(hash)).containsExactly(stored);
        assertThat(store.held(gnu(hash))).isEmpty();
        store.remove(stored.buildId(), stored.kind());
        assertThat(store.held(hash)).isEmpty();
    }

    @Test
    void theSameFileOfTwoKindsIsFoundAsLongAsOneOfThemIsHeld() throws Exception {
        Sample executable = Sample.executable();
        Sample debugFile = new Sample(executable.buildId(), ArtifactKind.DEBUGINFO, executable.hex());
        put(store, executable, UPLOAD);
        put(store, debugFile, UPLOAD);
        store.remove(executable.buildId(), executable.kind());
        assertThat(store.held(hash("sizes"))).extracting(HeldArtifact::kind).containsExactly(ArtifactKind.DEBUGINFO);
        store.remove(debugFile.buildId(), debugFile.kind());
        assertThat(store.held(hash("sizes"))).isEmpty();
    }

    @Test
    void theHashOfAFileThatWasReplacedFindsNothing() throws Exception {
        Sample sample = Sample.executable();
        HeldArtifact worse = ((ReceiveResult.Stored) put(store, sample.worse(), UPLOAD)).artifact();
        put(store, sample, UPLOAD);
        assertThat(store.held(hash("sizes"))).hasSize(1);
        assertThat(store.held(worse.htlhash())).isEmpty();
    }

    @Test
    void aBrokenRecordIsMadeAgain() throws Exception {
        Sample sample = withoutBuildId();
        put(store, sample, UPLOAD);
        store.close();
        Path place = folder.path()
                .resolve(Disk.GENERATION)
                .resolve(sample.buildId().hex().substring(0, 2))
                .resolve(sample.buildId().toString());
        Files.writeString(place.resolve("executable.record"), "broken");

        store = folder.open();
        assertThat(store.report()).isEqualTo(new OpenReport(1, 1, 0, 0));
        assertThat(store.held(sample.buildId()))
                .extracting(HeldArtifact::htlhash)
                .containsExactly(sample.buildId());
    }

    private void reopen() throws IOException {
        store.close();
        store = folder.open();
    }

    private static Sample withoutBuildId() throws IOException {
        byte[] bytes = Files.readAllBytes(Fixtures.path("binaries/no-build-id"));
        return new Sample(
                hash("no-build-id"), ArtifactKind.EXECUTABLE, HexFormat.of().formatHex(bytes));
    }

    private static BuildId gnu(BuildId hash) {
        return BuildId.of(hash.toBytes());
    }

    private static BuildId hash(String fixture) throws IOException {
        return BuildId.parseHtlhash(Files.readString(Fixtures.path("expected/" + fixture + ".htlhash"))
                        .strip())
                .orElseThrow();
    }
}
