package dev.stackmapd.artifact.disk;

import static dev.stackmapd.artifact.disk.StoreFolder.FETCH;
import static dev.stackmapd.artifact.disk.StoreFolder.UPLOAD;
import static dev.stackmapd.artifact.disk.StoreFolder.put;
import static dev.stackmapd.artifact.disk.StoreFolder.putAnnounced;
import static dev.stackmapd.artifact.disk.StoreFolder.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.artifact.disk.Artifact.Code;
import dev.stackmapd.artifact.disk.Artifact.Symbols;
import dev.stackmapd.artifact.disk.ArtifactRecord.Replaceability;
import dev.stackmapd.artifact.disk.ArtifactStore.OpenReport;
import dev.stackmapd.elfcore.elf.BuildId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactStoreTest {
    @SuppressWarnings("NullAway.Init") // made before each test
    private StoreFolder folder;

    @SuppressWarnings("NullAway.Init") // opened before each test
    private ArtifactStore store;

    @SuppressWarnings("NullAway.Init") // read before each test
    private Sample sample;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        folder = new StoreFolder(directory.resolve("store"));
        store = folder.open();
        sample = Sample.executable();
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private void reopen() throws IOException {
        store.close();
        store = folder.open();
    }

    @Test
    void whatIsStoredIsHeldReadableAndSurvives() throws Exception {
        HeldArtifact stored = ((ReceiveResult.Stored) put(store, sample, UPLOAD)).artifact();
        assertThat(stored.sha256())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(sample.bytes())));
        assertThat(stored.code()).isEqualTo(Code.PRESENT);
        assertThat(stored.quality().symbols()).isEqualTo(Symbols.DEBUG_INFORMATION);
        assertThat(stored.size()).isEqualTo(sample.size());
        reopen();
        assertThat(store.report()).isEqualTo(new OpenReport(1, 0, 0, 0));
        assertThat(store.held(sample.buildId())).containsExactly(stored);
        try (Lease lease = lease(sample)) {
            assertThat(Files.readAllBytes(lease.path())).isEqualTo(sample.bytes());
            assertThat(lease.binary().symbols()).isEqualTo(Symbols.DEBUG_INFORMATION);
        }
        folder.isInOrder(store);
    }

    /// The signature stays while the bytes are the upstream's, and no longer.
    @Test
    void theSignatureOfAnUpstreamSurvivesAndGoesWithItsBytes() throws Exception {
        Origin signed = new Origin.Debuginfod("https://debuginfod.example", "0302047f");
        put(store, sample, signed);
        put(store, sample, UPLOAD);
        reopen();
        assertThat(store.report()).isEqualTo(new OpenReport(1, 0, 0, 0));
        assertThat(store.held(sample.buildId()))
                .extracting(HeldArtifact::origin)
                .containsExactly(signed);
        store.remove(sample.buildId(), sample.kind());
        put(store, sample, UPLOAD);
        assertThat(store.held(sample.buildId()))
                .extracting(HeldArtifact::origin)
                .containsExactly(UPLOAD);
    }

    @Test
    void aFileIsHeldUnderItsOwnBuildIdAndFoundByAnyForm() throws Exception {
        Sample eight = Sample.of("build-id-8", "build-id-8", ArtifactKind.EXECUTABLE);
        BuildId padded = eight.buildId().forms().getLast();
        assertThat(padded.length()).isEqualTo(20);
        Sample claimed = new Sample(padded, eight.kind(), eight.hex());

        HeldArtifact stored = ((ReceiveResult.Stored) put(store, claimed, UPLOAD)).artifact();
        assertThat(stored.buildId()).as("as readelf prints it").isEqualTo(eight.buildId());
        assertThat(put(store, eight, UPLOAD)).isInstanceOf(ReceiveResult.AlreadyThere.class);
        reopen();
        for (BuildId form : eight.buildId().forms()) {
            assertThat(store.held(form)).containsExactly(stored);
        }
        folder.isInOrder(store);
        assertThat(store.remove(padded, eight.kind())).isTrue();
        assertThat(StoreFolder.files(folder.path().resolve(Disk.GENERATION))).isEmpty();
    }

    /// Folders were named by the file's own build-id once, which one in 256 files has with a zero at its end.
    @Test
    void aFolderNamedWithZerosIsTakenOver() throws Exception {
        String id = sample.buildId().hex();
        String zero = id.substring(0, id.length() - 2) + "00";
        Sample own = new Sample(
                BuildId.parse(zero).orElseThrow(), sample.kind(), sample.hex().replace(id, zero));
        HeldArtifact stored = ((ReceiveResult.Stored) put(store, own, UPLOAD)).artifact();
        store.close();
        Path bucket = folder.path().resolve(Disk.GENERATION).resolve(zero.substring(0, 2));
        Files.move(bucket.resolve(zero.substring(0, zero.length() - 2)), bucket.resolve(zero));

        store = folder.open();

        assertThat(store.report()).isEqualTo(new OpenReport(1, 0, 0, 0));
        assertThat(store.held(own.buildId())).containsExactly(stored);
        assertThat(stored.buildId().hex()).isEqualTo(zero);
        folder.isInOrder(store);
    }

    @Test
    void anIdenticalFileIsAlreadyThere() throws Exception {
        put(store, sample, UPLOAD);
        assertThat(put(store, sample, UPLOAD)).isInstanceOf(ReceiveResult.AlreadyThere.class);
        assertThat(putAnnounced(store, sample, FETCH)).isInstanceOf(ReceiveResult.AlreadyThere.class);
        folder.isInOrder(store);
    }

    @Test
    void aFetchedFileThatIsUploadedTooIsKeptLikeAnUploadAndTrustedLikeAnUpstreams() throws Exception {
        put(store, sample, FETCH);
        put(store, sample, UPLOAD);
        reopen();
        assertThat(store.held(sample.buildId()))
                .extracting(HeldArtifact::origin)
                .containsExactly(FETCH);
        assertThat(store.disk().read(sample.key()).orElseThrow().replaceability())
                .isEqualTo(Replaceability.ONLY_COPY);
    }

    @Test
    void aBetterFileReplacesAWorseOneAndNotTheOtherWayRound() throws Exception {
        HeldArtifact worse = ((ReceiveResult.Stored) put(store, sample.worse(), UPLOAD)).artifact();
        assertThat(worse.quality().symbols()).isEqualTo(Symbols.SYMTAB);
        assertThat(put(store, sample, UPLOAD))
                .isInstanceOfSatisfying(
                        ReceiveResult.Replaced.class,
                        r -> assertThat(r.before()).isEqualTo(worse));
        assertThat(put(store, sample.worse(), UPLOAD))
                .isInstanceOfSatisfying(
                        ReceiveResult.Worse.class, r -> assertThat(r.offered()).isEqualTo(worse.quality()));
        assertThat(put(store, sample.padded(1), UPLOAD)).isInstanceOf(ReceiveResult.Worse.class);
        reopen();
        assertThat(store.held(sample.buildId()))
                .extracting(held -> held.quality().symbols())
                .containsExactly(Symbols.DEBUG_INFORMATION);
        folder.isInOrder(store);
    }

    @Test
    void kindsOfOneBuildIdStandBesideOneAnother() throws Exception {
        Sample debug = Sample.debugFile();
        Sample stripped = Sample.of("split/stripped", "split.stripped", ArtifactKind.EXECUTABLE);
        put(store, debug, UPLOAD);
        put(store, stripped, UPLOAD);
        assertThat(store.held(debug.buildId()))
                .extracting(HeldArtifact::kind)
                .containsExactly(ArtifactKind.EXECUTABLE, ArtifactKind.DEBUGINFO);
        assertThat(store.remove(debug.buildId(), ArtifactKind.EXECUTABLE)).isTrue();
        assertThat(store.remove(debug.buildId(), ArtifactKind.EXECUTABLE)).isFalse();
        reopen();
        assertThat(store.held(debug.buildId())).extracting(HeldArtifact::kind).containsExactly(ArtifactKind.DEBUGINFO);
        folder.isInOrder(store);
    }

    @Test
    void twoAtOnceOfTheSameIdLeaveTheBetterOne() throws Exception {
        try (IncomingFile one = store.receive(sample.buildId(), sample.kind(), UPLOAD);
                IncomingFile two = store.receive(sample.buildId(), sample.kind(), UPLOAD)) {
            one.write(ByteBuffer.wrap(sample.bytes(), 0, 100));
            assertThat(send(two, sample.worse().bytes())).isInstanceOf(ReceiveResult.Stored.class);
            byte[] rest = Arrays.copyOfRange(sample.bytes(), 100, (int) sample.size());
            assertThat(send(one, rest)).isInstanceOf(ReceiveResult.Replaced.class);
            assertThat(one.finish()).isEqualTo(one.finish());
        }
        assertThat(store.held(sample.buildId())).hasSize(1);
        folder.isInOrder(store);
    }

    @Test
    void aLeaseSurvivesReplacementAndRemoval() throws Exception {
        put(store, sample.worse(), UPLOAD);
        Lease first = lease(sample);
        put(store, sample, UPLOAD);
        Lease second = lease(sample);
        store.remove(sample.buildId(), sample.kind());
        assertThat(store.held(sample.buildId())).isEmpty();
        assertThat(store.lease(sample.buildId(), sample.kind())).isEmpty();
        assertThat(Files.readAllBytes(first.path())).isEqualTo(sample.worse().bytes());
        assertThat(Files.readAllBytes(second.path())).isEqualTo(sample.bytes());
        assertThat(store.usage().bytes()).isEqualTo(2 * sample.cost());
        first.close();
        first.close();
        assertThat(first.path()).doesNotExist();
        assertThat(store.usage().bytes()).isEqualTo(sample.cost());
        second.close();
        folder.isInOrder(store);
    }

    @Test
    void theSameBytesMayComeAgainWhileTheRemovedOnesAreRead() throws Exception {
        put(store, sample, UPLOAD);
        try (Lease lease = lease(sample)) {
            store.remove(sample.buildId(), sample.kind());
            assertThat(put(store, sample, UPLOAD)).isInstanceOf(ReceiveResult.Stored.class);
            try (Lease again = lease(sample)) {
                assertThat(again.path()).isNotEqualTo(lease.path());
            }
        }
        folder.isInOrder(store);
    }

    @Test
    void usesAreCountedAndSurviveAnOrderlyEnd() throws Exception {
        folder.noting(Duration.ofHours(1));
        reopen();
        put(store, sample, UPLOAD);
        for (int i = 0; i < 3; i++) {
            lease(sample).close();
        }
        List<HeldArtifact> held = store.held(sample.buildId());
        assertThat(held).extracting(HeldArtifact::uses).containsExactly(3L);
        reopen();
        assertThat(store.held(sample.buildId())).isEqualTo(held);
    }

    @Test
    void aFileThatIsGoneOrCutShortIsHeldNoLonger() throws Exception {
        put(store, sample, UPLOAD);
        Path content = lease(sample).path();
        Files.delete(content);
        assertThat(store.lease(sample.buildId(), sample.kind())).isEmpty();
        assertThat(store.held(sample.buildId())).isEmpty();
        assertThat(put(store, sample, UPLOAD)).isInstanceOf(ReceiveResult.Stored.class);
    }

    @Test
    void aSecondStoreInTheFolderIsRefusedAndDoesNoHarm() throws Exception {
        put(store, sample, UPLOAD);
        assertThatThrownBy(folder::open).isInstanceOf(IOException.class).hasMessageContaining("another store");
        assertThat(ChildStore.run(ChildStore.OPEN, folder.path())).isEqualTo(ChildStore.LOCKED);
        store.close();
        assertThat(ChildStore.run(ChildStore.OPEN, folder.path())).isZero();
        store = folder.open();
        assertThat(store.held(sample.buildId())).hasSize(1);
    }

    @Test
    void whatTheStoreDidNotWriteIsLeftAloneAndCounts() throws Exception {
        store.close();
        Path other = folder.path().resolve("v0/notes");
        Files.createDirectories(folder.path().resolve("v0"));
        Files.write(other, new byte[1_000]);
        store = folder.open();
        assertThat(other).exists();
        assertThat(store.usage().bytes()).isEqualTo(1_000);
    }

    @Test
    void orphansAreSweptAtTheStart() throws Exception {
        put(store, sample, UPLOAD);
        Path content;
        try (Lease lease = lease(sample)) {
            content = lease.path();
        }
        store.close();
        Files.copy(
                content,
                content.resolveSibling(ContentName.parse(content.getFileName().toString())
                        .map(name -> new ContentName(name.kind(), 77, name.sha256()).text())
                        .orElseThrow()));
        Files.write(folder.path().resolve("v1/incoming/5.tmp"), new byte[50]);
        store = folder.open();
        assertThat(store.report()).isEqualTo(new OpenReport(1, 0, 0, 1));
        folder.isInOrder(store);
    }

    @Test
    void aBrokenRecordIsMadeAnewFromWhatItSpokeOf() throws Exception {
        put(store, sample, FETCH);
        breakRecord();
        assertThat(store.report()).isEqualTo(new OpenReport(1, 1, 0, 0));
        assertThat(store.held(sample.buildId()))
                .singleElement()
                .satisfies(held -> assertThat(held.origin()).isEqualTo(new Origin.Recovered()))
                .satisfies(held -> assertThat(held.quality().symbols()).isEqualTo(Symbols.DEBUG_INFORMATION));
        folder.isInOrder(store);
        reopen();
        assertThat(store.report()).isEqualTo(new OpenReport(1, 0, 0, 0));
    }

    @Test
    void aBrokenRecordOfBrokenBytesIsDropped() throws Exception {
        put(store, sample, FETCH);
        Path content;
        try (Lease lease = lease(sample)) {
            content = lease.path();
        }
        Files.write(content, new byte[] {0}, StandardOpenOption.WRITE);
        breakRecord();
        assertThat(store.report()).isEqualTo(new OpenReport(0, 0, 1, 1));
        assertThat(StoreFolder.files(folder.path().resolve("v1"))).isEmpty();
        folder.isInOrder(store);
    }

    private void breakRecord() throws IOException {
        store.close();
        Path record = StoreFolder.files(folder.path()).stream()
                .filter(file -> file.toString().endsWith(".record"))
                .findFirst()
                .orElseThrow();
        Files.write(record, new byte[] {'x'}, StandardOpenOption.APPEND);
        store = folder.open();
    }

    private Lease lease(Sample of) throws IOException {
        Optional<Lease> lease = store.lease(of.buildId(), of.kind());
        return lease.orElseThrow();
    }
}
