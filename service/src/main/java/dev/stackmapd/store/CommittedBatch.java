package dev.stackmapd.store;

import dev.stackmapd.stack.StackId;
import java.util.List;

/// What is remembered of a batch, so that a retry is answered as the first time was.
///
/// @param ids one for each stack, in the order in which they were added
/// @param added distinct stacks that were not stored before
/// @param details what else the answer has, as [BatchTransaction#commit] was given it: a text that means nothing to the
/// store
public record CommittedBatch(List<StackId> ids, int added, String details) {
    public CommittedBatch {
        ids = List.copyOf(ids);
    }
}
