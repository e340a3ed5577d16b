package dev.stackmapd.ingest;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// Remembers which batches were taken, so that a retry counts nothing twice.
///
/// The same id with the same content gets the first answer; with other content it is a conflict. While a batch is
/// being taken, a second one of the same id waits for its outcome, and takes its place if it fails. Answers are
/// remembered for a window of time and within a number of bytes; when those run out the oldest are forgotten, which
/// [#forgottenEarly] counts. Thread-safe.
public final class BatchLedger {
    /// A map entry, a future, a digest and the receipt's own objects.
    private static final int ENTRY_BYTES = 400;

    private final long windowMillis;
    private final long maxBytes;
    private final InstantSource clock;
    private final Map<Key, Entry> entries = new LinkedHashMap<>(); // guarded by this; oldest first
    private long bytes; // guarded by this
    private long forgottenEarly; // guarded by this

    /// @param window how long an answer is remembered
    /// @param maxBytes memory for answers
    public BatchLedger(Duration window, long maxBytes, InstantSource clock) {
        this.windowMillis = window.toMillis();
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /// What a sender calls one of its batches: another sender's batch of the same name is another batch.
    ///
    /// @param sender empty for all senders that do not say who they are
    public record Key(String sender, String batchId) {}

    /// Takes a batch unless it was taken before.
    ///
    /// @param digest of the batch's content
    /// @param take does it; what it throws is thrown on, and nothing is remembered
    /// @throws RefusedException of kind `CONFLICT` when the id was used for other content
    public BatchReceipt once(Key key, byte[] digest, Supplier<BatchReceipt> take) {
        while (true) {
            Entry mine = new Entry(digest, new CompletableFuture<>(), clock.millis());
            Entry first = claim(key, mine);
            if (first == mine) {
                return run(key, mine, take);
            }
            if (!Arrays.equals(first.digest, digest)) {
                throw RefusedException.of(
                        RefusedException.Kind.CONFLICT, "batchId", "was used before, for a batch of other content");
            }
            Outcome outcome = first.outcome.join();
            switch (outcome) {
                case Outcome.Taken taken -> {
                    return taken.receipt();
                }
                case Outcome.Failed _ -> {} // the id is free again: this one takes the batch
            }
        }
    }

    /// Answers that were forgotten before their window ended, since the start.
    public synchronized long forgottenEarly() {
        return forgottenEarly;
    }

    private BatchReceipt run(Key key, Entry mine, Supplier<BatchReceipt> take) {
        Outcome outcome = new Outcome.Failed();
        try {
            BatchReceipt receipt = take.get();
            outcome = new Outcome.Taken(receipt);
            return receipt;
        } finally {
            settle(key, mine, outcome);
        }
    }

    private synchronized Entry claim(Key key, Entry mine) {
        forgetExpired();
        Entry known = entries.putIfAbsent(key, mine);
        return known == null ? mine : known;
    }

    private synchronized void settle(Key key, Entry mine, Outcome outcome) {
        switch (outcome) {
            case Outcome.Taken taken -> {
                mine.bytes = ENTRY_BYTES
                        + 2L * (key.batchId().length() + key.sender().length())
                        + taken.receipt().bytes();
                bytes += mine.bytes;
            }
            case Outcome.Failed _ -> entries.remove(key);
        }
        mine.outcome.complete(outcome);
        forgetOldest();
    }

    private void forgetExpired() {
        long horizon = clock.millis() - windowMillis;
        Iterator<Entry> oldest = entries.values().iterator();
        while (oldest.hasNext()) {
            Entry entry = oldest.next();
            if (entry.begun > horizon || !entry.outcome.isDone()) {
                return;
            }
            bytes -= entry.bytes;
            oldest.remove();
        }
    }

    private void forgetOldest() {
        Iterator<Entry> oldest = entries.values().iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            Entry entry = oldest.next();
            if (entry.outcome.isDone()) {
                bytes -= entry.bytes;
                forgottenEarly++;
                oldest.remove();
            }
        }
    }

    /// How a batch ended.
    private sealed interface Outcome {
        record Taken(BatchReceipt receipt) implements Outcome {}

        record Failed() implements Outcome {}
    }

    private static final class Entry {
        private final byte[] digest;
        private final CompletableFuture<Outcome> outcome;
        private final long begun; // milliseconds since the epoch
        private long bytes; // guarded by the ledger; 0 until the outcome is known

        Entry(byte[] digest, CompletableFuture<Outcome> outcome, long begun) {
            this.digest = digest;
            this.outcome = outcome;
            this.begun = begun;
        }
    }
}
