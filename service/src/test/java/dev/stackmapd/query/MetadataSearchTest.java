package dev.stackmapd.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.LocalArtifacts;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.StoreLimits;
import dev.stackmapd.artifact.folder.DirectoryArtifacts;
import dev.stackmapd.artifact.folder.ScanLimits;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.Packing;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.store.BatchTransaction;
import dev.stackmapd.store.Store;
import dev.stackmapd.store.memory.InMemoryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is bounded in a search; what is found is asked of the whole service.
class MetadataSearchTest {
    private static final int BINARIES = 5;

    @TempDir
    Path folder;

    @Test
    void endsAtItsTimeAndSaysSo() throws IOException {
        try (Store store = new InMemoryStore(
                        new InMemoryStore.Limits(1 << 20, 1 << 20, 1 << 20, Duration.ofHours(1)),
                        Packing.bases(100),
                        InstantSource.system());
                ArtifactStore files = ArtifactStore.open(folder, StoreLimits.DEFAULT, ParseLimits.DEFAULT)) {
            see(store);
            Artifacts artifacts = LocalArtifacts.over(
                    new DirectoryArtifacts(List.of(), ScanLimits.DEFAULT, ParseLimits.DEFAULT), files);
            AtomicInteger asked = new AtomicInteger();
            MetadataController.MetadataJson cut = new MetadataController.Search(
                            store.binaries(), artifacts, new Glob("*"), () -> asked.incrementAndGet() > 2)
                    .answer();
            assertThat(cut.results()).hasSize(2);
            assertThat(cut.complete()).isFalse();
            MetadataController.MetadataJson whole =
                    new MetadataController.Search(store.binaries(), artifacts, new Glob("*"), () -> false).answer();
            assertThat(whole.results())
                    .extracting(MetadataController.FoundFile::file)
                    .containsExactly("/bin/0", "/bin/1", "/bin/2", "/bin/3", "/bin/4");
            assertThat(whole.complete()).isTrue();
        }
    }

    private static void see(Store store) {
        try (BatchTransaction transaction = store.batches().begin()) {
            for (int i = 0; i < BINARIES; i++) {
                BuildId buildId = BuildId.of(new byte[] {1, (byte) i, 1});
                Stack stack = new Stack(List.of(new Frame.InFile(buildId, new FileOffset(1))), false);
                transaction.add(Packing.pack(stack, transaction.bases()), 1, 0);
                transaction.mapped(buildId, "/bin/" + i);
            }
            assertThat(transaction.commit("")).isInstanceOf(BatchTransaction.CommitResult.Stored.class);
        }
    }
}
