package dev.stackmapd.artifact.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Senders, readers and removers at once, in a store that has too little space for all.
class ConcurrentStoreTest {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void readersSeeWholeFilesAndNothingIsLeft(long seed, @TempDir Path directory) throws Exception {
        Sample one = Sample.executable();
        StoreFolder folder = new StoreFolder(directory.resolve("store")).quota(6 * one.cost());
        try (ArtifactStore store = folder.open();
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Random random = new Random(seed + 100L * i);
                tasks.add(() -> {
                    for (int k = 0; k < 100; k++) {
                        act(store, one.numbered(random.nextInt(4)), random.nextInt(8));
                    }
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
            assertThat(store.usage().bytes()).isLessThanOrEqualTo(6 * one.cost());
            folder.isInOrder(store);
        }
        try (ArtifactStore store = folder.open()) {
            assertThat(store.report().swept()).isZero();
        }
    }

    private static void act(ArtifactStore store, Sample sample, int what) throws IOException {
        switch (what) {
            case 0, 1 -> StoreFolder.put(store, sample, StoreFolder.FETCH);
            case 2 -> StoreFolder.putAnnounced(store, sample.worse(), StoreFolder.FETCH);
            case 3 -> store.remove(sample.buildId(), sample.kind());
            default -> {
                Optional<Lease> lease = store.lease(sample.buildId(), sample.kind());
                if (lease.isPresent()) {
                    try (Lease read = lease.get()) {
                        assertThat(Files.readAllBytes(read.path()))
                                .isIn(sample.bytes(), sample.worse().bytes());
                    }
                }
            }
        }
    }
}
