package dev.stackmapd.ingest;

import dev.stackmapd.stack.StackId;
import java.util.List;

/// A batch names stacks by ids that the store does not have. Nothing of it was counted; with the frames of these stacks
/// it can be taken.
public final class UnknownStacksException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<StackId> ids;

    UnknownStacksException(List<StackId> ids) {
        super("%d stacks that are named by id are not known here".formatted(ids.size()));
        this.ids = List.copyOf(ids);
    }

    /// Distinct, in the order of the batch.
    public List<StackId> ids() {
        return ids;
    }
}
