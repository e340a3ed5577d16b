package dev.stackmapd.symbolize.index;

import java.time.Instant;

/// The reference count of one index file. Thread-safe.
final class StoredIndex {
    private final long bytes;
    private Instant used;
    private int readers;
    private boolean retired;

    StoredIndex(long bytes, Instant used) {
        this.bytes = bytes;
        this.used = used;
    }

    /// Returns the size, which is constant.
    long bytes() {
        return bytes;
    }

    synchronized Instant used() {
        return used;
    }

    /// Adds a reader. Returns false if the index is retired.
    synchronized boolean enter(Instant now) {
        if (retired) {
            return false;
        }
        readers++;
        used = now;
        return true;
    }

    /// Removes a reader. Returns true if this released the bytes of a retired index.
    synchronized boolean leave() {
        readers--;
        return retired && readers == 0;
    }

    /// Retires the index. Returns true if this released its bytes.
    synchronized boolean retire() {
        boolean first = !retired;
        retired = true;
        return first && readers == 0;
    }

    /// Retires the index if it has no reader. Returns true if this call did.
    synchronized boolean retireIfIdle() {
        return readers == 0 && retire();
    }

    synchronized boolean inUse() {
        return readers > 0;
    }
}
