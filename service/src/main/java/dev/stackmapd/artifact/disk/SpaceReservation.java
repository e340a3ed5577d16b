package dev.stackmapd.artifact.disk;

/// The space that is reserved for one file being received, and how much of it is not written yet. For
/// one thread at a time.
final class SpaceReservation {
    private final DiskBudget budget;
    private long taken;
    private long unwritten;
    private boolean handedOver;

    SpaceReservation(DiskBudget budget) {
        this.budget = budget;
    }

    /// Adds bytes that were reserved in the [DiskBudget].
    void grow(long bytes) {
        taken += bytes;
        unwritten += bytes;
    }

    /// Records that `bytes` of this reservation have been written, so free space already reflects them.
    void written(long bytes) {
        unwritten -= bytes;
        budget.written(bytes);
    }

    /// Releases `bytes` that are not written.
    void giveBack(long bytes) {
        taken -= bytes;
        written(bytes);
        budget.free(bytes);
    }

    /// Hands `bytes` over to a catalog entry, which counts them from now on.
    void handOver(long bytes) {
        taken -= bytes;
        handedOver = true;
    }

    long taken() {
        return taken;
    }

    boolean isHandedOver() {
        return handedOver;
    }

    /// Releases the rest. A second call does nothing.
    void close() {
        budget.written(unwritten);
        budget.free(taken);
        unwritten = 0;
        taken = 0;
    }
}
