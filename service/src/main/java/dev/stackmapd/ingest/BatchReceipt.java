package dev.stackmapd.ingest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.stackmapd.resolve.FrameCounts;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.CommittedBatch;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The answer to a batch that was taken, as it goes over the wire.
///
/// @param ids one for each stack, in the batch's order
/// @param added distinct stacks that were not stored before
/// @param frames how the frames of all stacks were translated; those of stacks that were sent by id do not count
/// @param warnings what was wrong without costing more than itself
public record BatchReceipt(
        List<StackId> ids, @JsonProperty("new") int added, Frames frames, List<Warning> warnings) {
    private static final JsonMapper JSON = new JsonMapper();

    public BatchReceipt {
        ids = List.copyOf(ids);
        warnings = List.copyOf(warnings);
    }

    /// @param inFile frames in files that are known by their build-id
    /// @param inKernel frames in kernels and modules that are known by their build-id
    /// @param named frames that came with their names
    /// @param raw the others, by reason; reasons that did not occur are left out
    public record Frames(long inFile, long inKernel, long named, Map<Frame.Reason, Long> raw) {
        static Frames of(FrameCounts counts) {
            return new Frames(counts.inFile(), counts.inKernel(), counts.named(), counts.raw());
        }
    }

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

    /// What the answer has beside what the store itself knows; the store keeps it as a text, for a retry.
    record Details(Frames frames, List<Warning> warnings) {
        static Details of(BatchTranslation translation) {
            return new Details(Frames.of(translation.counts()), translation.warnings());
        }

        String json() {
            return JSON.writeValueAsString(this);
        }
    }

    static BatchReceipt of(CommittedBatch batch, Details details) {
        return new BatchReceipt(batch.ids(), batch.added(), details.frames(), details.warnings());
    }

    /// The answer to a retry.
    static BatchReceipt of(CommittedBatch batch) {
        return of(batch, JSON.readValue(batch.details(), Details.class));
    }
}
