package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.elf.BuildId;
import java.util.Collection;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens binaries before anybody asks for them, one after the other. Thread-safe.
public final class Prewarming implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Prewarming.class);
    private static final int MAX_WAITING = 100_000;

    private final Symbolizer symbolizer;
    private final BlockingQueue<BuildId> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Thread thread = Thread.ofPlatform().daemon().name("prewarm").unstarted(this::run);

    public Prewarming(Symbolizer symbolizer) {
        this.symbolizer = symbolizer;
        thread.start();
    }

    /// Takes all or none.
    ///
    /// @return true unless that would be more than may wait
    public synchronized boolean add(Collection<BuildId> buildIds) {
        if (waiting.remainingCapacity() < buildIds.size()) {
            return false;
        }
        waiting.addAll(buildIds);
        return true;
    }

    /// Binaries that wait for their turn.
    public int waiting() {
        return waiting.size();
    }

    /// The edge of its thread: one broken binary must not end all later ones.
    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                symbolizer.prepare(waiting.take());
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("a binary could not be prepared; the next one follows", e);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
