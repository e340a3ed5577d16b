package dev.stackmapd.artifact.disk;

import java.io.IOException;

/// A [EvictableFiles]'s part in the quota and the free space of a store. Thread-safe.
public final class QuotaShare {
    private final Catalog catalog;
    private final DiskBudget budget;

    QuotaShare(Catalog catalog, DiskBudget budget) {
        this.catalog = catalog;
        this.budget = budget;
    }

    /// Counts bytes that are on disk already, whatever the limits say.
    ///
    /// @param bytes 0 or more
    public void count(long bytes) {
        budget.add(atLeastZero(bytes));
    }

    /// Takes room for bytes before they are written, or none. What was used longest ago goes for it, the
    /// tenants' spare files and fetched files alike, then files of binaries that were seen in stacks
    /// lately; never an upload.
    ///
    /// @param bytes 0 or more; an upper estimate will do, see [#settle]
    public boolean take(long bytes) throws IOException {
        return catalog.reserve(atLeastZero(bytes), new EvictionPolicy.ForEvictableFile()) == 0;
    }

    /// What was taken is written, or given up.
    ///
    /// @param taken by one call of [#take]
    /// @param kept bytes of it that are on disk now, at most `taken`; the others are free again
    public void settle(long taken, long kept) {
        if (kept < 0 || kept > taken) {
            throw new IllegalArgumentException("%d bytes kept of %d".formatted(kept, taken));
        }
        budget.written(taken);
        budget.free(taken - kept);
    }

    /// So many bytes that counted are gone from the disk.
    ///
    /// @param bytes 0 or more
    public void free(long bytes) {
        budget.free(atLeastZero(bytes));
    }

    private static long atLeastZero(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(bytes + " bytes");
        }
        return bytes;
    }
}
