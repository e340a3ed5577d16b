package dev.stackmapd.symbolize.index;

import java.time.Instant;

/// The file of one index and those who have it mapped. Thread-safe.
final class StoredIndex {
    private final long bytes;
    private Instant used;
    private int readers;
    private boolean retired;

    StoredIndex(long bytes, Instant used) {
        this.bytes = bytes;
        this.used = used;
    }

    /// Unchanging.
    long bytes() {
        return bytes;
    }

    synchronized Instant used() {
        return used;
    }

    /// One reader more; false where it is retired.
    synchronized boolean enter(Instant now) {
        if (retired) {
            return false;
        }
        readers++;
        used = now;
        return true;
    }

    /// Whether its bytes are free now.
    synchronized boolean leave() {
        readers--;
        return retired && readers == 0;
    }

    /// Whether this call has made its bytes free.
    synchronized boolean retire() {
        boolean first = !retired;
        retired = true;
        return first && readers == 0;
    }

    /// Retires it unless somebody reads; whether this call has.
    synchronized boolean retireIfIdle() {
        return readers == 0 && retire();
    }

    synchronized boolean inUse() {
        return readers > 0;
    }
}
