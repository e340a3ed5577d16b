package dev.stackmapd.symbolize.index;

import dev.stackmapd.artifact.disk.ReaderCount;
import java.time.Instant;

/// One index file: its size, its last use, and the count of those that have it open. Its bytes are released when it is
/// retired and the last one has closed it. Thread-safe.
final class StoredIndex {
    private final long bytes;
    private final ReaderCount readers = new ReaderCount();
    private volatile Instant used;

    StoredIndex(long bytes, Instant used) {
        this.bytes = bytes;
        this.used = used;
    }

    /// Returns the size, which is constant.
    long bytes() {
        return bytes;
    }

    Instant used() {
        return used;
    }

    ReaderCount readers() {
        return readers;
    }

    /// Adds a reader. Returns false if the index is retired.
    boolean enter(Instant now) {
        boolean entered = readers.enter();
        if (entered) {
            used = now;
        }
        return entered;
    }
}
