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

/// The JSON response to an accepted batch.
///
/// @param ids one id for each stack, in the order of the batch
/// @param added distinct stacks that were not stored before
/// @param frames number of frames by form; stacks that were sent by id are not counted
/// @param warnings defects that did not lead to a rejection
public record BatchReceipt(
        List<StackId> ids, @JsonProperty("new") int added, Frames frames, List<Warning> warnings) {
    private static final JsonMapper JSON = new JsonMapper();

    public BatchReceipt {
        ids = List.copyOf(ids);
        warnings = List.copyOf(warnings);
    }

    /// The number of frames by form.
    ///
    /// @param inFile frames in files that are known by their build-id
    /// @param inKernel frames in kernels and modules that are known by their build-id
    /// @param named frames that were sent with their names
    /// @param raw raw frames by reason, without reasons that did not occur
    public record Frames(long inFile, long inKernel, long named, Map<Frame.Reason, Long> raw) {
        static Frames of(FrameCounts counts) {
            return new Frames(counts.inFile(), counts.inKernel(), counts.named(), counts.raw());
        }
    }

    /// A defect of a maps line, a stack, or the batch.
    ///
    /// @param process index into the batch's `processes`, for a line of its maps
    /// @param line of the maps text, from 1
    /// @param column of the maps text, from 1
    /// @param stack index into the batch's `stacks`, for a truncated stack
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

    /// The part of the response that the store does not know itself. The store keeps it as a text for
    /// retries.
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

    /// Returns the response to a retry.
    static BatchReceipt of(CommittedBatch batch) {
        return of(batch, JSON.readValue(batch.details(), Details.class));
    }
}
