package dev.stackmapd.ingest;

import dev.stackmapd.process.ParsedMaps;
import dev.stackmapd.request.RejectionException;

/// Where the mappings of a batch's processes come from when its sender left them out. For the thread of the
/// batch.
@FunctionalInterface
public interface ProcessMapsSource {

    /// For a service that is not beside the processes.
    ProcessMapsSource NOT_HERE = (pid, field) -> {
        throw RejectionException.invalid(field, "is missing; stacks of this process are raw ips");
    };

    /// @param pid 0 when the sender did not say
    /// @param field the maps field of that process, to refuse it by
    /// @throws RejectionException when there is no getting at them
    ParsedMaps of(int pid, String field);
}
