package dev.stackmapd.store.memory;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// How often and when each entry was seen: three words an entry, in chunks that are added as entries come.
///
/// Thread-safe without locks. The three words of an entry change one after the other, the count last.
final class Sightings {
    /// What one entry takes.
    static final int BYTES = 3 * Long.BYTES;

    private static final int CHUNK_BITS = 14;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private final AtomicReferenceArray<AtomicLongArray> chunks =
            new AtomicReferenceArray<>(1 << (Integer.SIZE - 1 - CHUNK_BITS));

    /// @param time milliseconds since the epoch
    void add(int entry, long count, long time) {
        AtomicLongArray chunk = chunk(entry);
        int at = (entry & (CHUNK - 1)) * 3;
        chunk.accumulateAndGet(at + 1, time, Math::min);
        chunk.accumulateAndGet(at + 2, time, Math::max);
        chunk.accumulateAndGet(at, count, Sightings::saturatingSum);
    }

    /// Sightings of an entry; 0 until the first is added.
    long count(int entry) {
        AtomicLongArray chunk = chunks.getAcquire(entry >>> CHUNK_BITS);
        return chunk == null ? 0 : chunk.get((entry & (CHUNK - 1)) * 3);
    }

    /// Milliseconds since the epoch, of an entry whose count is not 0.
    long first(int entry) {
        return chunk(entry).get((entry & (CHUNK - 1)) * 3 + 1);
    }

    /// Milliseconds since the epoch, of an entry whose count is not 0.
    long last(int entry) {
        return chunk(entry).get((entry & (CHUNK - 1)) * 3 + 2);
    }

    private AtomicLongArray chunk(int entry) {
        int at = entry >>> CHUNK_BITS;
        AtomicLongArray chunk = chunks.getAcquire(at);
        if (chunk == null) {
            chunks.compareAndSet(at, null, unseen());
            chunk = chunks.getAcquire(at);
        }
        return chunk;
    }

    private static AtomicLongArray unseen() {
        long[] words = new long[CHUNK * 3];
        for (int i = 0; i < words.length; i += 3) {
            words[i + 1] = Long.MAX_VALUE;
            words[i + 2] = Long.MIN_VALUE;
        }
        return new AtomicLongArray(words);
    }

    private static long saturatingSum(long a, long b) {
        return Math.min(a, Long.MAX_VALUE - b) + b;
    }
}
