package dev.stackmapd.store;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.StackId;
import java.util.List;

/// One batch on its way into a [StackStore]: added stack by stack, then committed once, wholly or not at all.
///
/// For one thread. An intake that is never committed leaves nothing behind.
public interface Intake {

    /// Adds the stack that `stack` holds now; it may be refilled afterwards.
    ///
    /// @param count sightings, 1 to 2^48
    /// @param time when they were seen, milliseconds since the epoch
    void add(PackedStack stack, long count, long time);

    /// Adds sightings of a stack by its id.
    ///
    /// @param count sightings, 1 to 2^48
    /// @param time when they were seen, milliseconds since the epoch
    /// @return false, and nothing is added, where the store does not have the stack
    boolean add(StackId id, long count, long time);

    /// Says where a binary was mapped. The store keeps the first few paths it is told for a build-id. Frames and times
    /// it has from the stacks.
    void mapped(BuildId buildId, String path);

    /// Stores everything that was added, as durably as the store promises. Called once.
    Commit commit();

    /// What came of a batch.
    sealed interface Commit {

        /// @param ids one for each stack, in the order of [Intake#add]
        /// @param added how many distinct stacks were not stored before
        record Stored(List<StackId> ids, int added) implements Commit {}

        /// No room for the batch's new stacks; nothing was stored or counted (DEV-07).
        ///
        /// @param needed bytes that they would take at most
        /// @param capacity bytes that the store may hold
        record Full(long needed, long capacity) implements Commit {}
    }
}
