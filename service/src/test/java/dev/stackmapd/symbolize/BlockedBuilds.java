package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.symbolize.index.IndexBuilds;
import dev.stackmapd.symbolize.index.IndexInput;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// Keeps the thread that builds indexes busy until it is closed.
public final class BlockedBuilds implements AutoCloseable {
    private static final BuildId NONE = BuildId.of(new byte[] {1});

    private final CountDownLatch end = new CountDownLatch(1);

    public BlockedBuilds(IndexBuilds builds) {
        builds.want(NONE, Path.of("none-" + System.nanoTime()), this::await, () -> {});
    }

    private Optional<IndexInput> await() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        end.countDown();
    }
}
