package dev.stackmapd.artifact.disk;

import static dev.stackmapd.artifact.disk.StoreFolder.UPLOAD;
import static dev.stackmapd.artifact.disk.StoreFolder.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ScratchSpace.ScratchFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Scratch space of open binaries within the quota of a store.
class ScratchDiskTest {
    private static final int QUOTA = 100_000;

    @SuppressWarnings("NullAway.Init") // made before each test
    private StoreFolder folder;

    @BeforeEach
    void prepare(@TempDir Path directory) {
        folder = new StoreFolder(directory.resolve("store")).quota(QUOTA);
    }

    /// An open binary. It closes its files on request while it is idle.
    private static final class Open implements BinaryScratch.Holder {
        private final List<ScratchFile> files = new ArrayList<>();
        private boolean used;

        Open(BinaryScratch scratch, int bytes) throws IOException {
            files.add(written(scratch, bytes));
            scratch.heldBy(this);
        }

        @Override
        public boolean isIdle() {
            return !used;
        }

        @Override
        public void closeIfIdle() {
            files.forEach(ScratchFile::close);
            files.clear();
        }
    }

    private static ScratchFile written(BinaryScratch scratch, int bytes) throws IOException {
        ScratchFile file = scratch.create();
        assertThat(file.reserve(bytes)).isTrue();
        file.channel().write(ByteBuffer.allocate(bytes));
        return file;
    }

    @Test
    void bytesCountUntilTheirFileIsClosedAndHaveNoName() throws Exception {
        try (ArtifactStore store = folder.open()) {
            BinaryScratch scratch = store.scratch();
            ScratchFile first = written(scratch, 60_000);
            ScratchFile second = written(scratch, 30_000);
            assertThat(store.usage().bytes()).isEqualTo(90_000);
            assertThat(store.scratchBytes()).isEqualTo(90_000);
            assertThat(StoreFolder.files(folder.path().resolve(Disk.GENERATION)))
                    .isEmpty();
            assertThat(first.reserve(10_001)).isFalse();
            assertThat(scratch.hasRefused()).isTrue();
            assertThat(store.scratch().hasRefused()).isFalse();
            assertThat(first.reserve(10_000)).isTrue();
            first.close();
            assertThat(store.usage().bytes()).isEqualTo(30_000);
            assertThat(store.scratchBytes()).isEqualTo(30_000);
            second.close();
            assertThat(store.usage().bytes()).isZero();
            assertThat(store.scratchBytes()).isZero();
        }
    }

    /// What is reserved and not written yet is held back from what the file system says is free; what is written is not
    /// held back twice.
    @Test
    void theFloorOfFreeSpaceHolds() throws Exception {
        folder.quota(1 << 30).disk(100_000, 50);
        try (ArtifactStore store = folder.open()) {
            BinaryScratch scratch = store.scratch();
            ScratchFile file = scratch.create();
            assertThat(file.reserve(40_000)).isTrue();
            ScratchFile other = scratch.create();
            assertThat(other.reserve(20_000)).isFalse();
            file.close();
            assertThat(other.reserve(20_000)).isTrue();
            other.close();
        }
    }

    @Test
    void anIdleBinaryGivesItsDiskToAnUpload() throws Exception {
        Sample sample = Sample.executable();
        folder.quota(sample.cost() + 50_000);
        try (ArtifactStore store = folder.open()) {
            Open busy = new Open(store.scratch(), 40_000);
            busy.used = true;
            Open idle = new Open(store.scratch(), 10_000);
            assertThat(put(store, sample, UPLOAD)).isInstanceOf(ReceiveResult.Stored.class);
            assertThat(idle.files).hasSize(1);

            try (ScratchFile more = store.scratch().create()) {
                assertThat(more.reserve(10_001)).isFalse();
                assertThat(idle.files).as("it would not be enough").hasSize(1);
                assertThat(more.reserve(10_000)).isTrue();
                assertThat(idle.files).isEmpty();
                assertThat(more.reserve(1)).isFalse();
                busy.used = false;
                assertThat(more.reserve(1)).isTrue();
                assertThat(busy.files).isEmpty();
                folder.isInOrder(store, 10_001);
            }
        }
    }
}
