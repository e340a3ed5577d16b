package dev.stackmapd.artifact.disk;

/// Counts the readers of a resource, which can be released as soon as it is retired and its last reader has left.
///
/// Of all calls of [#leave], [#retire] and [#retireIfIdle], exactly one returns true, unless [#revive] follows: its
/// caller
/// releases the resource. Thread-safe; nothing blocks.
public final class ReaderCount {
    private int readers; // guarded by this
    private boolean retired; // guarded by this

    /// Adds a reader. Returns false if the resource is retired.
    public synchronized boolean enter() {
        if (retired) {
            return false;
        }
        readers++;
        return true;
    }

    /// Removes a reader. Returns true if the resource is retired and has no other reader.
    public synchronized boolean leave() {
        readers--;
        return retired && readers == 0;
    }

    /// Admits no more readers. Returns true if this is the first call and there is no reader.
    public synchronized boolean retire() {
        boolean first = !retired;
        retired = true;
        return first && readers == 0;
    }

    /// Retires the resource if it has no reader. Returns true if this call did.
    public synchronized boolean retireIfIdle() {
        return readers == 0 && retire();
    }

    /// Reverts [#retireIfIdle].
    synchronized void revive() {
        retired = false;
    }

    /// Returns true if there is no reader, and the resource is not retired.
    public synchronized boolean isIdle() {
        return readers == 0 && !retired;
    }
}
