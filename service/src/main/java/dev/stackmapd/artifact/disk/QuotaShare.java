package dev.stackmapd.artifact.disk;

import java.io.IOException;

/// The share of [EvictableFiles] in the quota and the free space of a store. Thread-safe.
public final class QuotaShare {
    private final Catalog catalog;
    private final DiskBudget budget;

    QuotaShare(Catalog catalog, DiskBudget budget) {
        this.catalog = catalog;
        this.budget = budget;
    }

    /// Adds bytes that are on disk already, without a check of the limits.
    ///
    /// @param bytes 0 or more
    public void count(long bytes) {
        budget.add(atLeastZero(bytes));
    }

    /// Reserves space for bytes before they are written; returns false and reserves nothing if there is
    /// not enough. Evicts the least recently used of the evictable and the fetched files, then those of
    /// binaries that were seen in stacks lately; never an upload.
    ///
    /// @param bytes 0 or more; may be an upper estimate, see [#settle]
    public boolean take(long bytes) throws IOException {
        return catalog.reserve(atLeastZero(bytes), new EvictionPolicy.ForEvictableFile()) == 0;
    }

    /// Ends a reservation whose bytes were written or are not needed.
    ///
    /// @param taken by one call of [#take]
    /// @param kept the bytes of it that are on disk now, at most `taken`; the others are released
    public void settle(long taken, long kept) {
        if (kept < 0 || kept > taken) {
            throw new IllegalArgumentException("%d bytes kept of %d".formatted(kept, taken));
        }
        budget.written(taken);
        budget.free(taken - kept);
    }

    /// Releases `bytes` that were removed from the disk.
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
