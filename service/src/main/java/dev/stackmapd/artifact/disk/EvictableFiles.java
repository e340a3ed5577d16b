package dev.stackmapd.artifact.disk;

import java.time.Instant;
import java.util.List;

/// Files outside the catalog that share a store's quota and can be evicted, because they can be made or
/// sent again.
///
/// The store calls this when it needs space, on any thread, while its changes wait: implementations may
/// then call [QuotaShare#free] and no other method of the store. They must not hold a lock when they
/// call [QuotaShare#take].
public interface EvictableFiles {
    /// Returns the files that may be evicted now, in any order; none that is being read or written.
    List<EvictableFile> candidates();

    /// Verifies the files, one after the other, and removes damaged ones. Called once per scrub period,
    /// on the scrub's thread, which holds no lock of the store.
    ///
    /// @param limiter to be called with the number of bytes read, after each file
    default void check(ReadRateLimiter limiter) throws InterruptedException {}

    /// One file that can be evicted.
    interface EvictableFile {
        /// Returns the bytes that would be freed.
        long bytes();

        /// Returns the time of its last use.
        Instant used();

        /// Deletes the file and frees its bytes, unless it is in use by now. A file that cannot be
        /// deleted continues to count and is no candidate any more.
        void evict();
    }
}
