package dev.stackmapd.artifact.disk;

/// The space that one file on its way has taken, and how much of it is still to be written. For one thread at a time.
final class SpaceReservation {
    private final DiskBudget budget;
    private long taken;
    private long unwritten;
    private boolean handedOver;

    SpaceReservation(DiskBudget budget) {
        this.budget = budget;
    }

    /// More bytes were taken of the space.
    void grow(long bytes) {
        taken += bytes;
        unwritten += bytes;
    }

    /// So many bytes now lack in the file system.
    void written(long bytes) {
        unwritten -= bytes;
        budget.written(bytes);
    }

    /// So many of the bytes that are not written will not come for now.
    void giveBack(long bytes) {
        taken -= bytes;
        written(bytes);
        budget.free(bytes);
    }

    /// So many bytes, up to all, count for something else from now on.
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

    /// Gives the rest back. A second call does nothing.
    void close() {
        budget.written(unwritten);
        budget.free(taken);
        unwritten = 0;
        taken = 0;
    }
}
