package dev.stackmapd.store;

import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import java.util.List;
import java.util.Optional;

/// Has each distinct stack once, under its id, with the very frames of the first time.
///
/// A stack of a committed batch is there for every call that begins after [BatchTransaction#commit] returned, in every
/// thread,
/// as long as a sighting refers to it.
public interface StackStore {

    /// Returns a stack; empty if no committed batch has it.
    Optional<Stack> find(StackId id);

    /// Returns many stacks in the order of `ids`, empty where no committed batch has one. Costs less than finding them
    /// one by one where a stack is not in memory.
    List<Optional<Stack>> find(List<StackId> ids);

    /// Returns a page of all ids, in the store's own order. A walk from the first page to the last has every stack that
    /// was there when it began, each once; those stored meanwhile it may have.
    ///
    /// @param after the cursor of the page before; empty for the first page
    /// @param limit ids of a page at most, 1 or more
    /// @throws CursorException if the text is not a cursor of this port
    Page<StackId> page(Optional<String> after, int limit);

    /// Distinct stacks; an estimate where the implementation says so.
    long size();
}
