package dev.stackmapd.store;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.stack.StackId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Keeps each distinct stack once, and how often it was seen. Implementations pass `StackStoreContract`.
///
/// Thread-safe. What a call has stored is visible to every later call on the same store, in every thread. A stack
/// once stored is readable for ever under its id, with the very frames of the first time. I/O failures surface as
/// [java.io.UncheckedIOException] and leave the store as it was.
public interface StackStore extends AutoCloseable {

    /// Begins a batch. Nothing is stored before its [Intake#commit].
    Intake open();

    /// Empty when no batch ever stored the id.
    Optional<StoredStack> find(StackId id);

    /// The lowest `limit` ids of all.
    ///
    /// @param limit 1 or more
    List<StackId> firstIds(int limit);

    /// The lowest `limit` ids above `after`, which need not be stored itself (DEV-14). Ascending. A walk sees every
    /// stack that was stored before it began; those stored meanwhile it may see.
    List<StackId> idsAfter(StackId after, int limit);

    /// What the binary was called where it was first mapped, without folders, by any form of its build-id; empty
    /// when no batch said.
    Optional<String> module(BuildId buildId);

    /// What is known of a binary, by any form of its build-id ([BuildId#matches]); empty when no stack goes through
    /// it.
    Optional<SeenBinary> binary(BuildId buildId);

    /// Returns the first binaries behind a build-id, in the order of their build-ids without padding
    /// ([BuildId#unpadded]). Costs what the page has, not what the store has.
    ///
    /// @param after where the last page ended; empty for the first
    /// @param limit 1 or more
    List<SeenBinary> binaries(Optional<BuildId> after, int limit);

    /// Tells of all binaries that stacks go through, in no order; of those that come meanwhile perhaps.
    void forEachBinary(Consumer<SeenBinary> consumer);

    /// A secret of 32 bytes that contents of batches are digested with. It stays the same as long as what the store
    /// holds.
    byte[] digestKey();

    /// Distinct stacks stored.
    long size();

    /// Bytes that they take, by the store's own exact accounting.
    long bytes();

    /// Bytes that they may take.
    long capacity();

    /// Ends the store. Calls after it are errors.
    @Override
    void close();
}
