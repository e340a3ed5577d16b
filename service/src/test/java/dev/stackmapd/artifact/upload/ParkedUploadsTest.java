package dev.stackmapd.artifact.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.EvictableFiles;
import dev.stackmapd.artifact.disk.IncomingFile;
import dev.stackmapd.artifact.disk.Origin;
import dev.stackmapd.artifact.disk.QuotaShare;
import dev.stackmapd.artifact.disk.StoreLimits;
import dev.stackmapd.artifact.upload.Uploads.UploadKey;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Uploads that were cut off, in a real store.
class ParkedUploadsTest {
    private static final long QUOTA = 1_000_000;

    @SuppressWarnings("NullAway.Init") // opened before each test
    private ArtifactStore store;

    private final ParkedUploads parked = new ParkedUploads(new ParkedUploads.Limits(6, 600_000, 3, 300_000));

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        StoreLimits limits = new StoreLimits(QUOTA, 0, 500_000, Duration.ofHours(1), StoreLimits.UploadEviction.NEVER);
        store = ArtifactStore.open(folder, limits, ParseLimits.DEFAULT);
        store.goFirst(parked);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        parked.close();
        assertThat(store.usage().bytes()).isZero();
        store.close();
    }

    private static Sender sender(String name) {
        return Sender.of(Origin.Route.PUT, "192.0.2.7", name);
    }

    private static UploadKey part(int number) {
        return new UploadKey(
                BuildId.parse("%08x".formatted(number)).orElseThrow(),
                ArtifactKind.EXECUTABLE,
                "%064x".formatted(number),
                450_000);
    }

    private void park(int number, String sender, int bytes) throws IOException {
        UploadKey part = part(number);
        IncomingFile incoming =
                store.receive(part.buildId(), part.kind(), sender(sender).origin(), part.length());
        assertThat(incoming.write(elf(bytes))).isEqualTo(IncomingFile.Flow.MORE);
        parked.park(part, incoming, sender(sender));
    }

    private static ByteBuffer elf(int bytes) {
        return ByteBuffer.allocate(bytes)
                .put(0, (byte) 0x7f)
                .put(1, (byte) 'E')
                .put(2, (byte) 'L')
                .put(3, (byte) 'F');
    }

    private List<Integer> parked() {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            UploadKey part = part(i);
            if (parked.received(part.buildId(), part.kind(), part.sha256()).isPresent()) {
                found.add(i);
            }
        }
        return found;
    }

    @Test
    void aSenderBeyondItsNumberLosesItsOwnOldest() throws Exception {
        park(0, "honest", 4);
        for (int i = 1; i < 5; i++) {
            park(i, "other", 4);
        }
        assertThat(parked()).containsExactly(0, 2, 3, 4);
    }

    @Test
    void aSenderBeyondItsBytesLosesItsOwnOldest() throws Exception {
        park(0, "honest", 100_000);
        park(1, "other", 140_000);
        park(2, "other", 140_000);
        park(3, "other", 140_000);
        assertThat(parked()).containsExactly(0, 2, 3);
        park(4, "other", 310_000);
        assertThat(parked()).as("too large for the bounds itself").containsExactly(0);
    }

    /// A sender that invents a name for each upload gets no more than all may have, and takes nothing from
    /// others.
    @Test
    void beyondTheTotalTheOneThatComesLoses() throws Exception {
        park(0, "honest", 4);
        for (int i = 1; i < 10; i++) {
            park(i, "invented" + i, 4);
        }
        assertThat(parked()).containsExactly(0, 1, 2, 3, 4, 5);
        park(11, "honest", 4);
        assertThat(parked()).as("its own oldest").containsExactly(1, 2, 3, 4, 5, 11);
    }

    @Test
    void beyondTheTotalInBytesTheOneThatComesLoses() throws Exception {
        park(0, "a", 250_000);
        park(1, "b", 250_000);
        park(2, "c", 250_000);
        assertThat(parked()).containsExactly(0, 1);
    }

    @Test
    void ofTwoOfOneFileTheOneWithMoreBytesStays() throws Exception {
        park(0, "honest", 1_000);
        park(0, "other", 4);
        try (IncomingFile resumed = parked.resume(part(0)).orElseThrow()) {
            assertThat(resumed.received()).isEqualTo(1_000);
        }
        assertThat(parked.resume(part(0))).isEmpty();
    }

    @Test
    void aFileWithMoreBytesTakesThePlaceOfItsBeginning() throws Exception {
        park(0, "honest", 4);
        park(0, "honest", 1_000);
        try (IncomingFile resumed = parked.resume(part(0)).orElseThrow()) {
            assertThat(resumed.received()).isEqualTo(1_000);
        }
        assertThat(parked.size()).isZero();
    }

    /// Everything that a store keeps asks for space in one of two ways.
    @Test
    void theyGoFirstTheOldestBeforeTheOthers() throws Exception {
        QuotaShare indexes = store.quotaShare(List::of);
        assertThat(indexes.take(500_000)).isTrue();
        park(0, "a", 200_000);
        park(1, "b", 200_000);
        assertThat(indexes.take(200_000)).as("for an index").isTrue();
        assertThat(parked()).containsExactly(1);
        indexes.settle(200_000, 0);
        try (IncomingFile honest = store.receive(
                part(9).buildId(), part(9).kind(), sender("honest").origin(), 450_000)) {
            assertThat(honest.write(elf(450_000))).isEqualTo(IncomingFile.Flow.MORE);
            assertThat(parked()).as("for an upload").isEmpty();
        }
        indexes.settle(500_000, 0);
    }

    /// However long ago an index was used, it does not go while there is an upload that was cut off.
    @Test
    void theyGoBeforeIndexes() throws Exception {
        List<Long> gone = new ArrayList<>();
        EvictableFiles.EvictableFile index = new EvictableFiles.EvictableFile() {
            @Override
            public long bytes() {
                return 400_000;
            }

            @Override
            public Instant used() {
                return Instant.EPOCH;
            }

            @Override
            public void evict() {
                gone.add(bytes());
            }
        };
        QuotaShare indexes = store.quotaShare(() -> List.of(index));
        assertThat(indexes.take(700_000)).isTrue();
        park(0, "a", 200_000);
        assertThat(indexes.take(200_000)).isTrue();
        assertThat(parked()).isEmpty();
        assertThat(gone).isEmpty();
        indexes.settle(900_000, 0);
    }

    @Test
    void whatWasResumedIsNoSpare() throws Exception {
        park(0, "a", 200_000);
        try (IncomingFile resumed = parked.resume(part(0)).orElseThrow()) {
            assertThat(parked.candidates()).isEmpty();
            assertThat(resumed.taken()).isBetween(200_000L, 210_000L);
        }
    }
}
