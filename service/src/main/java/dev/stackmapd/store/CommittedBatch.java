package dev.stackmapd.store;

import dev.stackmapd.stack.StackId;
import java.util.List;

/// What is remembered of a committed batch, so that a retry gets the same response as the first attempt.
///
/// @param ids one id for each stack, in the order in which they were added
/// @param added distinct stacks that were not stored before
/// @param details the rest of the response, as passed to [BatchTransaction#commit]; the store does not
///     interpret it
public record CommittedBatch(List<StackId> ids, int added, String details) {
    public CommittedBatch {
        ids = List.copyOf(ids);
    }
}
