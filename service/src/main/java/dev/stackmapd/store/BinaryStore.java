package dev.stackmapd.store;

import dev.stackmapd.elfcore.elf.BuildId;
import java.util.Optional;
import java.util.function.Predicate;

/// Stores what batches state about the binaries of their frames. A binary is found by any form of its
/// build-id ([BuildId#matches]).
public interface BinaryStore {
    /// Page size of [#walk].
    int WALKED_AT_ONCE = 256;

    /// Returns what is known of a binary; empty if no stored stack has a frame in it.
    Optional<SeenBinary> find(BuildId buildId);

    /// Returns the file name, without directories, of the first path at which the binary was mapped;
    /// empty if no batch named a path.
    Optional<String> module(BuildId buildId);

    /// Returns a page of all binaries, in descending order of frames, then by build-id. The cost depends
    /// on the size of the page, not of the store. A binary that gets more frames between two pages may
    /// be missing, or occur twice.
    ///
    /// @param after the cursor of the previous page; empty for the first page
    /// @param limit maximum number of binaries, 1 or more
    /// @throws CursorException if `after` is not a cursor of this port
    Page<SeenBinary> page(Optional<String> after, int limit);

    /// Passes binaries to `consumer`, in the order of [#page], until it returns false or all have been passed.
    default void walk(Predicate<SeenBinary> consumer) {
        Optional<String> after = Optional.empty();
        boolean goesOn = true;
        while (goesOn) {
            Page<SeenBinary> page = page(after, WALKED_AT_ONCE);
            goesOn = page.items().stream().allMatch(consumer) && page.next() != null;
            after = page.cursor();
        }
    }
}
