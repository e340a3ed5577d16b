package dev.stackmapd.store;

import dev.stackmapd.elfcore.elf.BuildId;
import java.util.Optional;
import java.util.function.Predicate;

/// Has what batches said of the binaries that stacks go through. A binary is found by any form of its build-id
/// ([BuildId#matches]).
public interface BinaryStore {
    /// Binaries of a page in [#walk].
    int WALKED_AT_ONCE = 256;

    /// Returns what is known of a binary; empty if no stack goes through it.
    Optional<SeenBinary> find(BuildId buildId);

    /// Returns the name of the file where the binary was first mapped, without folders; empty if no batch said.
    Optional<String> module(BuildId buildId);

    /// Returns a page of all binaries, those with most frames first, of as many frames by build-id. Costs what the page
    /// has, not what the store has. A binary that gets more frames during a walk may be missing in later pages, or
    /// come twice.
    ///
    /// @param after the cursor of the page before; empty for the first page
    /// @param limit binaries of a page at most, 1 or more
    /// @throws CursorException if the text is not a cursor of this port
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
