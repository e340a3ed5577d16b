package dev.stackmapd.store;

/// Stores batches, each exactly once.
///
/// A batch is atomic to readers if the implementation says so. In all implementations, a batch that
/// fails leaves nothing that is counted, and a retry with the same key counts nothing twice.
public interface BatchStore {

    /// The idempotency key of a batch: the sender and its id of the batch. Batches of different senders
    /// with the same id are different batches.
    ///
    /// @param sender empty for all senders that give no name
    record Key(String sender, String batchId) implements Comparable<Key> {
        /// Compares keys, so that a hash table of keys with the same hash, which senders can choose, is
        /// searched as a tree.
        @Override
        public int compareTo(Key other) {
            int order = batchId.compareTo(other.batchId);
            return order != 0 ? order : sender.compareTo(other.sender);
        }
    }

    /// The result of [#begin].
    sealed interface BeginResult {
        /// No batch of this key is known; the caller stores it in `transaction`.
        record New(BatchTransaction transaction) implements BeginResult {}

        /// The batch was committed before; the retry gets the receipt of the first time.
        record Replay(CommittedBatch batch) implements BeginResult {}

        /// The key was used for a batch with other content.
        record Conflict() implements BeginResult {}
    }

    /// Begins a batch with an idempotency key. Blocks while another transaction of the same key is open
    /// in this process. A committed batch is remembered for a limited time and within a limit of bytes.
    ///
    /// @param digest of the content of the batch, under [#digestKey]; not changed
    BeginResult begin(Key key, byte[] digest);

    /// Begins a batch without a key. A retry of such a batch is counted again.
    BatchTransaction begin();

    /// Returns the secret key of 32 bytes for digests of batch contents. It is as durable as the data of
    /// the store.
    byte[] digestKey();

    /// Returns the number of batches since the start that were forgotten early because the limit of
    /// bytes was reached.
    long forgottenEarly();
}
