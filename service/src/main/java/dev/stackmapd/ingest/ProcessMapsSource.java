package dev.stackmapd.ingest;

import dev.stackmapd.process.ParsedMaps;
import dev.stackmapd.request.RejectionException;

/// The source of the mappings of processes whose maps the sender left out. An instance serves one batch.
/// Not thread-safe.
@FunctionalInterface
public interface ProcessMapsSource {

    /// The source of a service that does not run beside the processes: rejects every request.
    ProcessMapsSource NOT_HERE = (pid, field) -> {
        throw RejectionException.invalid(field, "is missing; stacks of this process are raw ips");
    };

    /// Returns the mappings of a process.
    ///
    /// @param pid 0 if the sender gave none
    /// @param field path of the process's maps field, for rejections
    /// @throws RejectionException if the mappings are unavailable
    ParsedMaps of(int pid, String field);
}
