package dev.stackmapd.store;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.series.SampleType;
import dev.stackmapd.series.Series;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.StackId;

/// The transaction that writes one batch to a [Store]: stacks are added one by one, then committed
/// together, all or none.
///
/// Not thread-safe. Until it is closed, other transactions with the same key block in
/// [BatchStore#begin]. A transaction that is closed without a commit leaves nothing behind.
public interface BatchTransaction extends AutoCloseable {

    /// Returns the claim for the bases of the stacks that are added. Its numbers become permanent with
    /// the commit, and are released otherwise.
    FrameBases.Claim bases();

    /// Sets the series of the stacks that are added after this call.
    ///
    /// @param aggregation of the sample type; it is ignored if a committed batch has given another one
    void series(Series series, SampleType.Aggregation aggregation);

    /// Adds sightings of a stack in the current series. `stack` may be reused afterwards.
    ///
    /// @param stack of at least one frame, with base numbers from [#bases]
    /// @param value 1 to 2^48
    /// @param time milliseconds since the epoch
    void add(PackedStack stack, long value, long time);

    /// Adds sightings of a stored stack in the current series.
    ///
    /// @param value what was counted, 1 to 2^48
    /// @param time when, milliseconds since the epoch
    /// @return false if no committed batch has the stack; nothing is added then
    boolean add(StackId id, long value, long time);

    /// Adds a path at which a binary was mapped. The store keeps the first few paths of each build-id.
    /// It derives frames and times from the stacks.
    void mapped(BuildId buildId, String path);

    /// Stores stacks, series, sightings, binaries, the numbers of bases, and the response to a retry,
    /// with the durability that the store promises. Must be called at most once.
    ///
    /// @param details the response to a retry, except for the ids
    CommitResult commit(String details);

    /// Ends the transaction, and releases its key if it was not committed.
    @Override
    void close();

    /// The result of a commit.
    sealed interface CommitResult {

        record Stored(CommittedBatch batch) implements CommitResult {}

        /// The store has no space for the new data of the batch; nothing was stored or counted (DEV-07).
        ///
        /// @param needed maximum number of bytes that the new data would take
        /// @param capacity maximum number of bytes of the store
        record Full(long needed, long capacity) implements CommitResult {}
    }
}
