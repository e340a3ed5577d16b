package dev.stackmapd.artifact.disk;

import static dev.stackmapd.artifact.disk.StoreFolder.FETCH;
import static dev.stackmapd.artifact.disk.StoreFolder.UPLOAD;
import static dev.stackmapd.artifact.disk.StoreFolder.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.artifact.disk.Damage.Noticed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files of the store of which a byte changes on the disk.
class RottenBytesTest {
    /// Each look at the clock is a second later.
    private static final int PERIOD = 1_000;

    private static final int POSITIONS = 60;

    @SuppressWarnings("NullAway.Init") // made before each test
    private StoreFolder folder;

    @SuppressWarnings("NullAway.Init") // opened before each test
    private ArtifactStore store;

    private final List<Damage> told = new ArrayList<>();

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        folder = new StoreFolder(directory.resolve("store"));
        reopen();
    }

    private void reopen() throws IOException {
        store = folder.open();
        store.damages().listen(told::add);
    }

    @AfterEach
    void close() throws IOException {
        folder.isInOrder(store);
        store.close();
    }

    private static List<Sample> samples() throws IOException {
        return List.of(Sample.executable(), Sample.debugFile());
    }

    private Path content(Sample sample) throws IOException {
        return StoreFolder.files(folder.path()).stream()
                .filter(file -> file.toString()
                        .contains("/" + sample.buildId().unpadded().hex() + "/"
                                + sample.kind().text() + "-"))
                .findFirst()
                .orElseThrow();
    }

    private enum Times {
        KEPT,
        CHANGED
    }

    private void flip(Sample sample, long position, Times times) throws IOException {
        Path file = content(sample);
        FileTime modified = Files.getLastModifiedTime(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, position);
            one.put(0, (byte) (one.get(0) ^ 0x10)).flip();
            channel.write(one, position);
        }
        Files.setLastModifiedTime(
                file,
                switch (times) {
                    case KEPT -> modified;
                    case CHANGED -> FileTime.from(modified.toInstant().plusNanos(1_000));
                });
    }

    private Optional<Lease> lease(Sample sample) throws IOException {
        return store.lease(sample.buildId(), sample.kind());
    }

    private void assertHeld(Sample sample) throws IOException {
        try (Lease lease = lease(sample).orElseThrow()) {
            assertThat(Files.readAllBytes(lease.path())).isEqualTo(sample.bytes());
            assertThat(lease.isDamaged()).isFalse();
        }
    }

    private void assertDropped(Sample sample, Noticed noticed) throws IOException {
        assertThat(store.held(sample.buildId())).isEmpty();
        assertThat(lease(sample)).isEmpty();
        List<Damage> damages = store.damages().of(sample.buildId());
        assertThat(damages).hasSize(1);
        assertThat(damages.getFirst().noticed()).isEqualTo(noticed);
        assertThat(damages.getFirst().why()).isEqualTo("the bytes do not have their SHA-256 any more");
        assertThat(told.getLast()).isEqualTo(damages.getFirst());
        assertThat(StoreFolder.files(folder.path())).hasSize(1);
    }

    private void aPeriodPasses() {
        for (int i = 0; i <= PERIOD; i++) {
            folder.tick();
        }
    }

    private Scrub scrub() {
        return new Scrub(store, new Scrub.Settings(Duration.ofSeconds(PERIOD), 1 << 20), ReadRateLimiter.UNBOUNDED);
    }

    @Test
    void aFlipThatChangesTheTimeIsFoundWhenTheFileIsOpened() throws Exception {
        for (Sample sample : samples()) {
            for (int i = 0; i < POSITIONS; i++) {
                put(store, sample, UPLOAD);
                assertHeld(sample);
                flip(sample, i * (sample.size() - 1) / (POSITIONS - 1), Times.CHANGED);
                assertThat(lease(sample)).isEmpty();
                assertDropped(sample, Noticed.OPEN);
            }
        }
        assertThat(store.damages().count(Noticed.OPEN)).isEqualTo(2 * POSITIONS);
        assertThat(store.damages().count(Noticed.SCRUB)).isZero();
    }

    @Test
    void aFlipThatKeepsTheTimeIsFoundByTheScrub() throws Exception {
        Scrub scrub = scrub();
        for (Sample sample : samples()) {
            for (int i = 0; i < POSITIONS; i++) {
                put(store, sample, UPLOAD);
                flip(sample, i * (sample.size() - 1) / (POSITIONS - 1), Times.KEPT);
                scrub.pass();
                assertThat(store.held(sample.buildId())).as("not due yet").hasSize(1);
                aPeriodPasses();
                scrub.pass();
                assertDropped(sample, Noticed.SCRUB);
            }
        }
        assertThat(store.damages().count(Noticed.SCRUB)).isEqualTo(2 * POSITIONS);
    }

    @Test
    void whatComesInThePlaceOfADamagedFileEndsTheDamage() throws Exception {
        Sample sample = Sample.executable();
        put(store, sample, UPLOAD);
        flip(sample, 5_000, Times.CHANGED);
        assertThat(lease(sample)).isEmpty();
        assertThat(put(store, sample, FETCH)).isInstanceOf(ReceiveResult.Stored.class);
        assertThat(store.damages().of(sample.buildId())).isEmpty();
        assertHeld(sample);
        flip(sample, 5_000, Times.CHANGED);
        assertThat(lease(sample)).isEmpty();
        assertThat(store.remove(sample.buildId(), sample.kind())).isFalse();
        assertThat(store.damages().of(sample.buildId())).isEmpty();
    }

    /// The file was not opened since: its record still says that it is held.
    @Test
    void theSameBytesThatComeAgainTakeThePlaceOfDamagedOnes() throws Exception {
        Sample sample = Sample.executable();
        put(store, sample, UPLOAD);
        flip(sample, 5_000, Times.CHANGED);
        assertThat(put(store, sample, UPLOAD)).isInstanceOf(ReceiveResult.Stored.class);
        assertHeld(sample);
        assertThat(store.sound(sample.buildId(), sample.kind())).isPresent();
        flip(sample, 5_000, Times.CHANGED);
        assertThat(store.sound(sample.buildId(), sample.kind())).isEmpty();
    }

    /// A copy of the folder that was put in its place has other times and inodes.
    @Test
    void aFileThatWasOnlyTouchedStaysAndIsReadOnce() throws Exception {
        Sample sample = Sample.executable();
        put(store, sample, UPLOAD);
        Path file = content(sample);
        Path copy = Files.copy(file, file.resolveSibling("copy"));
        Files.delete(file);
        Files.move(copy, file);
        assertHeld(sample);
        assertThat(told).isEmpty();
        Disk disk = store.disk();
        ArtifactRecord record = disk.read(sample.key()).orElseThrow();
        assertThat(disk.isUnchanged(record)).isTrue();
        assertThat(record.verified().at()).isAfter(record.artifact().stored());
        Instant compared = record.verified().at();
        assertHeld(sample);
        assertThat(disk.read(sample.key()).orElseThrow().verified().at()).isEqualTo(compared);
    }

    @Test
    void aFileThatWasTouchedStillCountsMoreThanOneThatContradictsIt() throws Exception {
        Sample first = ConflictingFilesTest.executable("pie.stripped");
        Sample other = ConflictingFilesTest.executable("pie.other");
        put(store, first, UPLOAD);
        Files.setLastModifiedTime(content(first), FileTime.fromMillis(0));
        assertThat(put(store, other, UPLOAD)).isInstanceOf(ReceiveResult.Contradicts.class);
        flip(first, 100, Times.CHANGED);
        assertThat(put(store, other, UPLOAD)).isInstanceOf(ReceiveResult.Stored.class);
    }

    @Test
    void aFileThatIsGoneOrShorterIsSaidToBe() throws Exception {
        Sample sample = Sample.executable();
        put(store, sample, UPLOAD);
        Files.delete(content(sample));
        assertThat(lease(sample)).isEmpty();
        assertThat(told.getLast().why()).isEqualTo("the file does not exist on the disk any more");
        put(store, sample, UPLOAD);
        Files.write(content(sample), new byte[10]);
        aPeriodPasses();
        scrub().pass();
        assertThat(told.getLast().why()).isEqualTo("the file has 10 bytes instead of %d".formatted(sample.size()));
    }

    @Test
    void damageIsFoundAfterARestartToo() throws Exception {
        Sample sample = Sample.executable();
        put(store, sample, UPLOAD);
        store.close();
        flip(sample, 5_000, Times.CHANGED);
        reopen();
        assertThat(store.held(sample.buildId())).hasSize(1);
        assertThat(lease(sample)).isEmpty();
        assertDropped(sample, Noticed.OPEN);
    }

    /// What is being read stays on the disk, and the reader can see that it is of no use.
    @Test
    void aReaderIsToldThatItsFileIsDamaged() throws Exception {
        Sample sample = Sample.executable();
        put(store, sample, UPLOAD);
        try (Lease lease = lease(sample).orElseThrow()) {
            flip(sample, 5_000, Times.KEPT);
            assertThat(lease.isDamaged()).isFalse();
            aPeriodPasses();
            scrub().pass();
            assertThat(lease.isDamaged()).isTrue();
            assertThat(lease.path()).exists();
            assertThat(put(store, sample, UPLOAD)).isInstanceOf(ReceiveResult.Stored.class);
            try (Lease next = lease(sample).orElseThrow()) {
                assertThat(next.isDamaged()).isFalse();
            }
        }
    }

    @Test
    void theScrubGoesOnWhereItStopped() throws Exception {
        Sample one = Sample.executable();
        for (int i = 0; i < 5; i++) {
            put(store, one.numbered(i), UPLOAD);
        }
        aPeriodPasses();
        long[] left = {2 * one.size()};
        ReadRateLimiter interrupted = new ReadRateLimiter(1, pause -> {
            left[0] -= pause.toSeconds();
            if (left[0] < 0) {
                throw new InterruptedException();
            }
        });
        Scrub.Settings settings = new Scrub.Settings(Duration.ofSeconds(PERIOD), 1);
        Scrub scrub = new Scrub(store, settings, interrupted);
        assertThatThrownBy(scrub::pass).isInstanceOf(InterruptedException.class);
        assertThat(scrub.bytes()).isEqualTo(2 * one.size());
        store.close();
        reopen();
        Scrub next = scrub();
        next.pass();
        assertThat(next.bytes()).isEqualTo(3 * one.size());
        next.pass();
        assertThat(next.bytes()).as("nothing is due").isEqualTo(3 * one.size());
        assertThat(told).isEmpty();
    }

    @Test
    void theFileThatWasComparedLongestAgoComesFirst() throws Exception {
        for (int i = 0; i < 5; i++) {
            put(store, Sample.executable().numbered(i), UPLOAD);
        }
        assertThat(store.catalog().dueBefore(Instant.MAX, 4))
                .extracting(entry -> entry.artifact().buildId())
                .containsExactly(
                        Sample.executable().numbered(0).buildId(),
                        Sample.executable().numbered(1).buildId(),
                        Sample.executable().numbered(2).buildId(),
                        Sample.executable().numbered(3).buildId());
    }

    @Test
    void theScrubReadsAtItsRate() throws Exception {
        Sample sample = Sample.executable();
        put(store, sample, UPLOAD);
        aPeriodPasses();
        List<Duration> pauses = new ArrayList<>();
        new Scrub(store, new Scrub.Settings(Duration.ofSeconds(PERIOD), 1_000), new ReadRateLimiter(1_000, pauses::add))
                .pass();
        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus)).isEqualTo(Duration.ofMillis(sample.size()));
    }

    @Test
    void evictableFilesAreVerifiedOncePerPeriod() throws Exception {
        int[] checks = {0};
        store.quotaShare(new EvictableFiles() {
            @Override
            public List<EvictableFile> candidates() {
                return List.of();
            }

            @Override
            public void check(ReadRateLimiter limiter) {
                checks[0]++;
            }
        });
        Scrub scrub = scrub();
        scrub.pass();
        assertThat(checks[0]).isZero();
        aPeriodPasses();
        scrub.pass();
        scrub.pass();
        assertThat(checks[0]).isEqualTo(1);
    }

    @Test
    void settingsThatMakeNoSense() {
        assertThatThrownBy(() -> new Scrub.Settings(Duration.ZERO, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Scrub.Settings(Duration.ofDays(1), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
