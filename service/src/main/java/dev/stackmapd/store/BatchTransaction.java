package dev.stackmapd.store;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.series.SampleType;
import dev.stackmapd.series.Series;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.StackId;

/// One batch on its way into a [Store]: added stack by stack, then committed once, wholly or not at all.
///
/// For one thread. Until it is closed, another batch of the same key waits. One that is closed without having been
/// committed leaves nothing behind.
public interface BatchTransaction extends AutoCloseable {

    /// Numbers the bases of the stacks that are added. The numbers are the store's when the batch is committed, and
    /// given back when it is not.
    FrameBases.Claim bases();

    /// Names the series of stacks that are added after this.
    ///
    /// @param aggregation of the type, which is kept if no committed batch has said another
    void series(Series series, SampleType.Aggregation aggregation);

    /// Adds sightings of the stack that `stack` holds now, in the series named last; it may be refilled afterwards.
    ///
    /// @param stack of at least one frame, whose bases have their numbers from [#bases]
    /// @param value what was counted, 1 to 2^48
    /// @param time when, milliseconds since the epoch
    void add(PackedStack stack, long value, long time);

    /// Adds sightings of a stack by its id, in the series named last.
    ///
    /// @param value what was counted, 1 to 2^48
    /// @param time when, milliseconds since the epoch
    /// @return false, and nothing is added, if no committed batch has the stack
    boolean add(StackId id, long value, long time);

    /// Says where a binary was mapped. The store keeps the first few paths that it is given for a build-id. Frames and
    /// times it has from the stacks.
    void mapped(BuildId buildId, String path);

    /// Stores stacks, series, sightings, binaries, the numbers of bases, and what a retry is answered with, as durably
    /// as the store promises. Called once.
    ///
    /// @param details what a retry's answer has beside ids
    CommitResult commit(String details);

    /// Ends the batch; its key is free again if it was not committed.
    @Override
    void close();

    /// How a commit ended.
    sealed interface CommitResult {

        record Stored(CommittedBatch batch) implements CommitResult {}

        /// There is no space for what is new in the batch; nothing was stored or counted (DEV-07).
        ///
        /// @param needed bytes that it would take at most
        /// @param capacity bytes that the store may hold
        record Full(long needed, long capacity) implements CommitResult {}
    }
}
