package dev.stackmapd.ingest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.StackId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The answer to a batch that was taken, as it goes over the wire.
///
/// @param ids one for each stack, in the batch's order
/// @param added distinct stacks that nobody had sent before
/// @param frames how the frames of all stacks were translated; those of stacks that were sent by id do not count
/// @param warnings what was wrong without costing more than itself
public record BatchReceipt(
        List<StackId> ids, @JsonProperty("new") int added, Frames frames, List<Warning> warnings) {
    private static final int BYTES_PER_ID = 48;
    private static final int BYTES_PER_WARNING = 160;

    public BatchReceipt {
        ids = List.copyOf(ids);
        warnings = List.copyOf(warnings);
    }

    /// @param inFile frames with a build-id
    /// @param raw the others, by reason; reasons that did not occur are left out
    public record Frames(long inFile, Map<Frame.Reason, Long> raw) {}

    /// What was wrong with a line of maps, with a stack, or with the batch.
    ///
    /// @param process index into the batch's `processes`, for a line of its maps
    /// @param line of the maps text, from 1
    /// @param column of the maps text, from 1
    /// @param stack index into the batch's `stacks`, for a stack that was cut
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Warning(
            @Nullable Integer process,
            @Nullable Integer line,
            @Nullable Integer column,
            @Nullable Integer stack,
            String detail) {

        static Warning ofLine(int process, int line, int column, String detail) {
            return new Warning(process, line, column, null, detail);
        }

        static Warning ofProcess(int process, String detail) {
            return new Warning(process, null, null, null, detail);
        }

        static Warning ofBatch(String detail) {
            return new Warning(null, null, null, null, detail);
        }

        static Warning ofStack(int stack, String detail) {
            return new Warning(null, null, null, stack, detail);
        }
    }

    /// About what it takes to remember this.
    long bytes() {
        return (long) BYTES_PER_ID * ids.size() + (long) BYTES_PER_WARNING * warnings.size();
    }
}
