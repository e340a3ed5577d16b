package dev.stackmapd.artifact.disk;

import java.time.Instant;
import java.util.List;

/// Who else keeps files under a store's quota, files that can be made anew.
///
/// Called by the store when room is needed, on any thread, while the store's changes wait: it may call
/// [QuotaShare#free] meanwhile and nothing else of the store. It must hold no lock of its own when it calls
/// [QuotaShare#take].
public interface EvictableFiles {
    /// What it could do without just now, in any order; nothing that is being read or made.
    List<EvictableFile> candidates();

    /// Verifies its files, one after the other, and removes what is damaged. Called now and then, on a thread
    /// that has nothing else to do, and which holds no lock of the store.
    ///
    /// @param limiter to be given the number of bytes that were read, after each file
    default void check(ReadRateLimiter limiter) throws InterruptedException {}

    /// One file that can go.
    interface EvictableFile {
        /// Bytes that would be freed.
        long bytes();

        /// When it was last used.
        Instant used();

        /// Removes it and frees its bytes, unless somebody uses it by now. What cannot be removed goes on counting
        /// and is no spare any more.
        void evict();
    }
}
