package dev.stackmapd.artifact.disk;

import static dev.stackmapd.artifact.disk.StoreFolder.FETCH;
import static dev.stackmapd.artifact.disk.StoreFolder.UPLOAD;
import static dev.stackmapd.artifact.disk.StoreFolder.put;
import static dev.stackmapd.artifact.disk.StoreFolder.putAnnounced;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.artifact.disk.StoreLimits.UploadEviction;
import dev.stackmapd.elfcore.elf.BuildId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Quota, free space, and what goes for what.
class EvictionTest {
    @SuppressWarnings("NullAway.Init") // made before each test
    private StoreFolder folder;

    @SuppressWarnings("NullAway.Init") // made before each test
    private List<Sample> samples;

    private long cost;

    @BeforeEach
    void prepare(@TempDir Path directory) throws IOException {
        folder = new StoreFolder(directory.resolve("store"));
        Sample one = Sample.executable();
        samples = IntStream.range(0, 6).mapToObj(one::numbered).toList();
        cost = one.cost();
    }

    private static void use(ArtifactStore store, Sample sample) throws IOException {
        store.lease(sample.buildId(), sample.kind()).orElseThrow().close();
    }

    private List<Integer> held(ArtifactStore store) {
        return IntStream.range(0, samples.size())
                .filter(i -> !store.held(samples.get(i).buildId()).isEmpty())
                .boxed()
                .toList();
    }

    @Test
    void whatWasUsedLongestAgoGoesFirstAlsoAfterARestart() throws Exception {
        folder.quota(3 * cost);
        try (ArtifactStore store = folder.open()) {
            for (int i = 0; i < 3; i++) {
                put(store, samples.get(i), FETCH);
            }
            use(store, samples.get(0));
        }
        try (ArtifactStore store = folder.open()) {
            assertThat(put(store, samples.get(3), FETCH)).isInstanceOf(ReceiveResult.Stored.class);
            assertThat(held(store)).containsExactly(0, 2, 3);
            assertThat(putAnnounced(store, samples.get(4), FETCH)).isInstanceOf(ReceiveResult.Stored.class);
            assertThat(held(store)).containsExactly(0, 3, 4);
            assertThat(store.usage()).isEqualTo(new StoreUsage(3, 3 * cost, 2, 0));
            folder.isInOrder(store);
        }
    }

    /// An upstream forgets files: what stacks go through may be the last copy.
    @Test
    void whatWasSeenLatelyGoesOnlyWhenNothingElseCan() throws Exception {
        folder.quota(3 * cost);
        Instant start = folder.tick();
        Map<BuildId, Instant> seen = Map.of(
                samples.get(0).buildId(), start.minus(Duration.ofDays(29)),
                samples.get(1).buildId(), start.minus(Duration.ofDays(31)),
                samples.get(3).buildId(), start);
        try (ArtifactStore store = folder.open()) {
            store.seenBy(buildId -> Optional.ofNullable(seen.get(buildId)));
            for (int i = 0; i < 3; i++) {
                put(store, samples.get(i), FETCH);
            }
            assertThat(store.downloads()).isEqualTo(new ArtifactStore.Downloads(3, 1));
            put(store, samples.get(3), FETCH);
            assertThat(held(store)).as("31 days are not lately").containsExactly(0, 2, 3);
            put(store, samples.get(4), FETCH);
            assertThat(held(store)).containsExactly(0, 3, 4);
            assertThat(store.usage()).isEqualTo(new StoreUsage(3, 3 * cost, 2, 0));
            try (Lease reading = store.lease(samples.get(4).buildId(), ArtifactKind.EXECUTABLE)
                    .orElseThrow()) {
                put(store, samples.get(5), FETCH);
                assertThat(held(store)).as("nothing else could go").containsExactly(3, 4, 5);
                assertThat(reading.isDamaged()).isFalse();
            }
            assertThat(store.usage()).isEqualTo(new StoreUsage(3, 3 * cost, 2, 1));
            assertThat(store.downloads()).isEqualTo(new ArtifactStore.Downloads(3, 1));
            folder.isInOrder(store);
        }
    }

    /// An upload of a binary that nothing goes through is needed less.
    @Test
    void anUploadThatMayGoGoesBeforeADownloadThatWasSeenLately() throws Exception {
        folder.quota(2 * cost).evicting(UploadEviction.LAST);
        Instant start = folder.tick();
        try (ArtifactStore store = folder.open()) {
            store.seenBy(buildId -> buildId.equals(samples.get(0).buildId()) ? Optional.of(start) : Optional.empty());
            put(store, samples.get(0), FETCH);
            put(store, samples.get(1), UPLOAD);
            put(store, samples.get(2), FETCH);
            assertThat(held(store)).containsExactly(0, 2);
        }
    }

    @Test
    void evictableFilesEvictWhatWasSeenLatelyLast() throws Exception {
        folder.quota(2 * cost);
        Instant start = folder.tick();
        try (ArtifactStore store = folder.open()) {
            store.seenBy(buildId -> buildId.equals(samples.get(0).buildId()) ? Optional.of(start) : Optional.empty());
            put(store, samples.get(0), FETCH);
            put(store, samples.get(1), FETCH);
            Boxes boxes = new Boxes(store);
            assertThat(boxes.add(folder.tick())).isTrue();
            assertThat(held(store)).containsExactly(0);
            assertThat(boxes.quotaShare.take(2 * cost)).isTrue();
            assertThat(held(store)).isEmpty();
            assertThat(store.usage().evictedSeen()).isEqualTo(1);
        }
    }

    @Test
    void anUploadNeverGoesUnlessToldAndThenLast() throws Exception {
        folder.quota(2 * cost);
        try (ArtifactStore store = folder.open()) {
            put(store, samples.get(0), UPLOAD);
            put(store, samples.get(1), UPLOAD);
            assertThat(put(store, samples.get(2), FETCH)).isInstanceOf(ReceiveResult.NoSpace.class);
            assertThat(putAnnounced(store, samples.get(2), UPLOAD)).isEqualTo(new ReceiveResult.NoSpace(cost));
            assertThat(held(store)).containsExactly(0, 1);
            folder.isInOrder(store);
        }
        folder.evicting(UploadEviction.LAST);
        try (ArtifactStore store = folder.open()) {
            put(store, samples.get(2), FETCH);
            assertThat(held(store)).containsExactly(1, 2);
            put(store, samples.get(3), UPLOAD);
            assertThat(held(store)).containsExactly(1, 3);
        }
    }

    @Test
    void whatTookThePlaceOfAnUploadIsKeptLikeOne() throws Exception {
        folder.quota(2 * cost);
        try (ArtifactStore store = folder.open()) {
            put(store, samples.get(0).worse(), UPLOAD);
            assertThat(put(store, samples.get(0), FETCH)).isInstanceOf(ReceiveResult.Replaced.class);
        }
        try (ArtifactStore store = folder.open()) {
            put(store, samples.get(1), FETCH);
            put(store, samples.get(2), FETCH);
            assertThat(held(store)).containsExactly(0, 2);
        }
    }

    @Test
    void whatIsReadDoesNotGo() throws Exception {
        folder.quota(2 * cost);
        try (ArtifactStore store = folder.open()) {
            put(store, samples.get(0), FETCH);
            put(store, samples.get(1), FETCH);
            try (Lease lease = store.lease(samples.get(0).buildId(), ArtifactKind.EXECUTABLE)
                    .orElseThrow()) {
                use(store, samples.get(1));
                put(store, samples.get(2), FETCH);
                assertThat(held(store)).containsExactly(0, 2);
                assertThat(Files.readAllBytes(lease.path()))
                        .isEqualTo(samples.get(0).bytes());
            }
        }
    }

    /// The present file stays until the better one is there, so that there must be space for both.
    @Test
    void aFileDoesNotGoForItsOwnSuccessor() throws Exception {
        folder.quota(2 * cost - 1);
        try (ArtifactStore store = folder.open()) {
            put(store, samples.get(0).worse(), FETCH);
            assertThat(put(store, samples.get(0), FETCH)).isInstanceOf(ReceiveResult.NoSpace.class);
            assertThat(held(store)).containsExactly(0);
            folder.isInOrder(store);
        }
    }

    @Test
    void nothingGoesForWhatWouldNotFitAnyway() throws Exception {
        folder.quota(2 * cost);
        try (ArtifactStore store = folder.open()) {
            put(store, samples.get(0), FETCH);
            try (IncomingFile incoming =
                    store.receive(samples.get(1).buildId(), ArtifactKind.EXECUTABLE, FETCH, 2 * cost)) {
                assertThat(incoming.flow()).isEqualTo(IncomingFile.Flow.STOP);
                assertThat(incoming.finish()).isInstanceOf(ReceiveResult.NoSpace.class);
            }
            assertThat(held(store)).containsExactly(0);
        }
    }

    @Test
    void soMuchOfTheDiskStaysFree() throws Exception {
        folder.disk(100_000, 70);
        try (ArtifactStore store = folder.open()) {
            for (Sample sample : samples) {
                assertThat(putAnnounced(store, sample, FETCH)).isInstanceOf(ReceiveResult.Stored.class);
                assertThat(folder.usable()).isGreaterThanOrEqualTo(70_000);
            }
            assertThat(store.usage().evicted()).isPositive();
            folder.isInOrder(store);
        }
    }

    @Test
    void theFloorHoldsForUploadsToo() throws Exception {
        folder.disk(100_000, 95);
        try (ArtifactStore store = folder.open()) {
            assertThat(put(store, samples.get(0), UPLOAD)).isInstanceOf(ReceiveResult.NoSpace.class);
            assertThat(store.usage()).isEqualTo(new StoreUsage(0, 0, 0, 0));
            folder.isInOrder(store);
        }
    }

    @Test
    void bytesAreTakenBeforeTheyAreWrittenAndAgainstOneAnother() throws Exception {
        folder.disk(100_000, 80);
        try (ArtifactStore store = folder.open();
                IncomingFile first = store.receive(
                        samples.get(0).buildId(),
                        ArtifactKind.EXECUTABLE,
                        UPLOAD,
                        samples.get(0).size());
                IncomingFile second = store.receive(
                        samples.get(1).buildId(),
                        ArtifactKind.EXECUTABLE,
                        UPLOAD,
                        samples.get(1).size())) {
            assertThat(first.flow()).isEqualTo(IncomingFile.Flow.MORE);
            assertThat(second.flow()).isEqualTo(IncomingFile.Flow.STOP);
        }
    }

    /// Evictable files of 1,000 bytes in memory.
    private static final class Boxes implements EvictableFiles {
        private final List<Box> boxes = new ArrayList<>();
        private final QuotaShare quotaShare;

        Boxes(ArtifactStore store) {
            quotaShare = store.quotaShare(this);
        }

        private record Box(Instant used) {}

        boolean add(Instant used) throws IOException {
            if (!quotaShare.take(1_500)) {
                return false;
            }
            boxes.add(new Box(used));
            quotaShare.settle(1_500, 1_000);
            return true;
        }

        @Override
        public List<EvictableFile> candidates() {
            return boxes.stream().<EvictableFile>map(EvictableBox::new).toList();
        }

        private final class EvictableBox implements EvictableFile {
            private final Box box;

            EvictableBox(Box box) {
                this.box = box;
            }

            @Override
            public long bytes() {
                return 1_000;
            }

            @Override
            public Instant used() {
                return box.used();
            }

            @Override
            public void evict() {
                boxes.remove(box);
                quotaShare.free(1_000);
            }
        }
    }

    @Test
    void evictableFilesGoBeforeArtifactsOldestFirst() throws Exception {
        folder.quota(3 * cost);
        try (ArtifactStore store = folder.open()) {
            put(store, samples.get(0), FETCH);
            put(store, samples.get(1), FETCH);
            Boxes boxes = new Boxes(store);
            Instant older = folder.tick();
            Instant newer = folder.tick();
            boxes.add(newer);
            boxes.add(older);
            assertThat(store.usage().bytes()).isEqualTo(2 * cost + 2_000);
            Sample small = samples.get(2);
            assertThat(putAnnounced(store, small, FETCH)).isInstanceOf(ReceiveResult.Stored.class);
            assertThat(boxes.boxes).isEmpty();
            assertThat(held(store)).containsExactly(0, 1, 2);
            assertThat(store.usage()).isEqualTo(new StoreUsage(3, 3 * cost, 0, 0));
        }
    }

    @Test
    void evictableFilesGetSpaceByLastUseButNeverFromAnUpload() throws Exception {
        folder.quota(2 * cost + 2_000);
        try (ArtifactStore store = folder.open()) {
            put(store, samples.get(0), UPLOAD);
            put(store, samples.get(1), FETCH);
            Boxes boxes = new Boxes(store);
            assertThat(boxes.add(Instant.EPOCH)).isTrue();
            assertThat(boxes.add(folder.tick())).isTrue();
            assertThat(boxes.boxes).extracting(Boxes.Box::used).doesNotContain(Instant.EPOCH);
            assertThat(held(store)).containsExactly(0, 1);
            assertThat(boxes.add(folder.tick())).isTrue();
            assertThat(boxes.boxes).hasSize(2);
            assertThat(held(store)).containsExactly(0);
            assertThat(boxes.quotaShare.take(2 * cost)).isFalse();
            assertThat(boxes.boxes).hasSize(2);
        }
    }

    @Test
    void evictableFilesOnDiskCount() throws Exception {
        folder.quota(cost);
        try (ArtifactStore store = folder.open()) {
            QuotaShare quotaShare = store.quotaShare(List::of);
            quotaShare.count(500);
            assertThat(quotaShare.take(cost)).isFalse();
            assertThat(quotaShare.take(cost - 500)).isTrue();
            quotaShare.settle(cost - 500, 0);
            assertThat(store.usage().bytes()).isEqualTo(500);
            assertThatThrownBy(() -> quotaShare.settle(1, 2)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> quotaShare.take(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /// Four uploads of 30 MiB announce twice the quota, send the first bytes and stop.
    @Test
    void anUploadThatStopsHoldsLittleOfWhatItAnnounced() throws Exception {
        long announced = 30L << 20;
        byte[] first = {0x7f, 'E', 'L', 'F'};
        folder.quota(60L << 20).maxFile(50L << 20);
        try (ArtifactStore store = folder.open()) {
            List<IncomingFile> stopped = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                IncomingFile incoming =
                        store.receive(samples.get(i).buildId(), ArtifactKind.EXECUTABLE, UPLOAD, announced);
                assertThat(incoming.write(ByteBuffer.wrap(first))).isEqualTo(IncomingFile.Flow.MORE);
                stopped.add(incoming);
            }
            assertThat(store.usage().bytes()).isEqualTo(4 * (IncomingFile.LEAST_AHEAD + DiskBudget.OVERHEAD));
            stopped.forEach(IncomingFile::pause);
            assertThat(store.usage().bytes()).isEqualTo(4 * (first.length + DiskBudget.OVERHEAD));
            assertThat(put(store, samples.get(5), UPLOAD)).isInstanceOf(ReceiveResult.Stored.class);

            assertThat(stopped.getFirst().write(ByteBuffer.allocate(10 << 20))).isEqualTo(IncomingFile.Flow.MORE);
            assertThat(store.usage().bytes()).isBetween(10L << 20, 11L << 20);
            try (IncomingFile tooLarge =
                    store.receive(samples.get(4).buildId(), ArtifactKind.EXECUTABLE, UPLOAD, 50L << 20)) {
                assertThat(tooLarge.flow()).isEqualTo(IncomingFile.Flow.STOP);
                assertThat(tooLarge.finish()).isInstanceOf(ReceiveResult.NoSpace.class);
            }
            for (IncomingFile incoming : stopped) {
                incoming.close();
            }
            assertThat(store.usage().bytes()).isEqualTo(cost);
            folder.isInOrder(store);
        }
    }

    /// A parked upload releases space on a disk too, if it was reserved for bytes that were not received.
    @Test
    void aFileIsRefusedInItsMiddleWhereOthersTookTheSpaceMeanwhile() throws Exception {
        byte[] first = {0x7f, 'E', 'L', 'F'};
        folder.maxFile(50L << 20).disk(20L << 20, 0);
        try (ArtifactStore store = folder.open();
                IncomingFile early =
                        store.receive(samples.get(0).buildId(), ArtifactKind.EXECUTABLE, UPLOAD, 18L << 20)) {
            assertThat(early.write(ByteBuffer.wrap(first))).isEqualTo(IncomingFile.Flow.MORE);
            // Half of what is reserved afterwards has not come.
            assertThat(early.write(ByteBuffer.allocate(4 << 20))).isEqualTo(IncomingFile.Flow.MORE);
            assertThat(early.write(ByteBuffer.allocate(4))).isEqualTo(IncomingFile.Flow.MORE);
            long received = early.received();
            assertThat(early.taken()).isEqualTo(2 * received - 8 + DiskBudget.OVERHEAD);
            try (IncomingFile late =
                    store.receive(samples.get(1).buildId(), ArtifactKind.EXECUTABLE, UPLOAD, 17L << 20)) {
                assertThat(late.finish()).isInstanceOf(ReceiveResult.NoSpace.class);
            }
            early.pause();
            early.pause();
            assertThat(early.taken()).isEqualTo(received + DiskBudget.OVERHEAD);
            try (IncomingFile late =
                    store.receive(samples.get(1).buildId(), ArtifactKind.EXECUTABLE, UPLOAD, 17L << 20)) {
                assertThat(late.write(ByteBuffer.wrap(first))).isEqualTo(IncomingFile.Flow.MORE);
                assertThat(late.write(ByteBuffer.allocate(9 << 20))).isEqualTo(IncomingFile.Flow.MORE);
                assertThat(late.write(ByteBuffer.allocate(4))).isEqualTo(IncomingFile.Flow.MORE);
                assertThat(early.write(ByteBuffer.allocate(13 << 20))).isEqualTo(IncomingFile.Flow.STOP);
                assertThat(early.received()).isEqualTo(received);
                assertThat(early.finish()).isInstanceOf(ReceiveResult.NoSpace.class);
                early.pause();
                assertThat(store.usage().bytes()).isEqualTo((17L << 20) + DiskBudget.OVERHEAD);
                assertThat(late.write(ByteBuffer.allocate(7 << 20))).isEqualTo(IncomingFile.Flow.MORE);
            }
            assertThat(store.usage().bytes()).isZero();
            folder.isInOrder(store);
        }
    }
}
