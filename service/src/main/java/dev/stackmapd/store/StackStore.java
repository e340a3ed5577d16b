package dev.stackmapd.store;

import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import java.util.List;
import java.util.Optional;

/// Stores each distinct stack once, under its id, with exactly the frames of its first occurrence.
///
/// A stack of a committed batch is visible to every call, on any thread, that begins after
/// [BatchTransaction#commit] has returned, as long as a sighting refers to the stack.
public interface StackStore {

    /// Returns a stack; empty if no committed batch has it.
    Optional<Stack> find(StackId id);

    /// Returns stacks in the order of `ids`, with empty for ids that no committed batch has. For stacks
    /// that are not in memory, this is faster than single look-ups.
    List<Optional<Stack>> find(List<StackId> ids);

    /// Returns a page of all ids, in an order that the store chooses. An iteration from the first page
    /// to the last returns every stack that existed at its beginning exactly once; it may also return
    /// stacks that are stored in the meantime.
    ///
    /// @param after the cursor of the previous page; empty for the first page
    /// @param limit maximum number of ids, 1 or more
    /// @throws CursorException if `after` is not a cursor of this port
    Page<StackId> page(Optional<String> after, int limit);

    /// Returns the number of distinct stacks; an estimate if the implementation says so.
    long size();
}
