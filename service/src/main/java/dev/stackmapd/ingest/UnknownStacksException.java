package dev.stackmapd.ingest;

import dev.stackmapd.stack.StackId;
import java.util.List;

/// A batch contains ids of stacks that the store does not have. Nothing of the batch was counted. The
/// sender can repeat it with the frames of these stacks.
public final class UnknownStacksException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<StackId> ids;

    UnknownStacksException(List<StackId> ids) {
        super("%d stacks that are named by id are not known here".formatted(ids.size()));
        this.ids = List.copyOf(ids);
    }

    /// Returns the distinct unknown ids, in the order of the batch.
    public List<StackId> ids() {
        return ids;
    }
}
