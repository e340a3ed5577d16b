package dev.stackmapd.store.memory;

import dev.stackmapd.store.BatchStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/// Remembers committed batches by key, with their receipts, for a window of time and within a limit of
/// bytes. When the limit is reached, the oldest are forgotten, which [#forgottenEarly] counts.
/// Thread-safe.
final class CommittedBatches {
    /// A map entry, a future, a digest and the objects of the receipt.
    private static final int ENTRY_BYTES = 400;

    private final long windowMillis;
    private final long maxBytes;
    private final InstantSource clock;
    private final Map<BatchStore.Key, KnownBatch> entries = new LinkedHashMap<>(); // guarded by this; oldest first
    private long bytes; // guarded by this
    private long forgottenEarly; // guarded by this

    /// @param window how long a receipt is remembered
    /// @param maxBytes maximum heap of receipts
    CommittedBatches(Duration window, long maxBytes, InstantSource clock) {
        this.windowMillis = window.toMillis();
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /// The receipt of a committed batch. Immutable.
    static final class StoredReceipt {
        private final int[] entries;
        private final int added;
        private final String details;

        /// @param entries of its stacks, not to be changed
        /// @param added distinct stacks that were new
        StoredReceipt(int[] entries, int added, String details) {
            this.entries = entries;
            this.added = added;
            this.details = details;
        }

        IntStream entries() {
            return Arrays.stream(entries);
        }

        int added() {
            return added;
        }

        String details() {
            return details;
        }
    }

    /// How a transaction ended.
    sealed interface Completion {
        record Committed(StoredReceipt receipt) implements Completion {}

        record Aborted() implements Completion {}
    }

    /// A batch whose transaction is open or was committed.
    static final class KnownBatch {
        private final byte[] digest;
        private final CompletableFuture<Completion> completion = new CompletableFuture<>();
        private final long begun; // milliseconds since the epoch
        private long bytes; // guarded by the CommittedBatches; 0 until the completion is known

        private KnownBatch(byte[] digest, long begun) {
            this.digest = digest;
            this.begun = begun;
        }

        /// Returns true if both batches have the same content.
        boolean hasContentOf(KnownBatch other) {
            return Arrays.equals(digest, other.digest);
        }

        /// Blocks until the transaction has ended.
        Completion completion() {
            return completion.join();
        }
    }

    KnownBatch entry(byte[] digest) {
        return new KnownBatch(digest, clock.millis());
    }

    /// Registers `mine` under the key, unless another batch has it.
    ///
    /// @return `mine`, or the batch that has the key
    synchronized KnownBatch claim(BatchStore.Key key, KnownBatch mine) {
        forgetExpired();
        KnownBatch known = entries.putIfAbsent(key, mine);
        return known == null ? mine : known;
    }

    /// Completes a batch that has claimed its key. The key of an aborted one is released.
    synchronized void settle(BatchStore.Key key, KnownBatch mine, Completion completion) {
        switch (completion) {
            case Completion.Committed(var receipt) -> {
                mine.bytes = ENTRY_BYTES
                        + 2L * (key.batchId().length() + key.sender().length())
                        + (long) Integer.BYTES * receipt.entries.length
                        + 2L * receipt.details.length();
                bytes += mine.bytes;
            }
            case Completion.Aborted _ -> entries.remove(key);
        }
        mine.completion.complete(completion);
        forgetOldest();
    }

    synchronized long forgottenEarly() {
        return forgottenEarly;
    }

    private void forgetExpired() {
        long horizon = clock.millis() - windowMillis;
        Iterator<KnownBatch> oldest = entries.values().iterator();
        while (oldest.hasNext()) {
            KnownBatch entry = oldest.next();
            if (entry.begun > horizon || !entry.completion.isDone()) {
                return;
            }
            bytes -= entry.bytes;
            oldest.remove();
        }
    }

    private void forgetOldest() {
        Iterator<KnownBatch> oldest = entries.values().iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            KnownBatch entry = oldest.next();
            if (entry.completion.isDone()) {
                bytes -= entry.bytes;
                forgottenEarly++;
                oldest.remove();
            }
        }
    }
}
