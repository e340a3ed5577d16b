package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.elf.BuildId;
import java.util.Collection;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens binaries in advance, one after the other on a thread of its own. Thread-safe.
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

    /// Enqueues all build-ids or none.
    ///
    /// @return false if the queue has too little space; nothing is enqueued then
    public synchronized boolean add(Collection<BuildId> buildIds) {
        if (waiting.remainingCapacity() < buildIds.size()) {
            return false;
        }
        waiting.addAll(buildIds);
        return true;
    }

    /// Returns the number of queued binaries.
    public int waiting() {
        return waiting.size();
    }

    /// Runs until it is interrupted. Logs and continues after a failure of one binary.
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
