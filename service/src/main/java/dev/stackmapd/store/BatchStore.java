package dev.stackmapd.store;

/// Takes batches, each once.
///
/// A batch is atomic to readers where the store says so. Everywhere, a batch that was begun and failed leaves nothing
/// that counts, and a retry with the same key counts nothing twice.
public interface BatchStore {

    /// What a sender calls one of its batches. Another sender's batch of the same name is another batch.
    ///
    /// @param sender empty for all senders that do not say who they are
    record Key(String sender, String batchId) implements Comparable<Key> {
        /// A table of keys of one hash, which senders can choose, is searched as a tree.
        @Override
        public int compareTo(Key other) {
            int order = batchId.compareTo(other.batchId);
            return order != 0 ? order : sender.compareTo(other.sender);
        }
    }

    /// A batch that is being begun.
    sealed interface BeginResult {
        /// No batch of this key is known: it can be taken.
        record New(BatchTransaction transaction) implements BeginResult {}

        /// The batch was committed before; a retry gets the answer of the first time.
        record Replay(CommittedBatch batch) implements BeginResult {}

        /// The key was used for a batch of other content.
        record Conflict() implements BeginResult {}
    }

    /// Begins a batch that its sender has named. Blocks while another batch of the same key is open in this process.
    /// A committed batch is remembered for a window of time and within a number of bytes.
    ///
    /// @param digest of the batch's content, under [#digestKey]; not changed
    BeginResult begin(Key key, byte[] digest);

    /// Begins a batch without a name, which cannot be recognised if it comes again.
    BatchTransaction begin();

    /// A secret of 32 bytes that contents of batches are digested with. It stays the same as long as what the store
    /// holds.
    byte[] digestKey();

    /// Batches that were forgotten before their window ended, since the start, because their bytes ran out.
    long forgottenEarly();
}
