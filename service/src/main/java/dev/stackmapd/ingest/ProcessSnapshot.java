package dev.stackmapd.ingest;

import dev.stackmapd.process.ParsedMaps;
import dev.stackmapd.resolve.BinaryHint;
import java.util.List;
import java.util.Map;

/// One entry of a batch's `processes`, decoded and checked, nothing looked up yet.
///
/// @param pid 0 when the sender did not say
/// @param hints what the sender knows of the mapped files
/// @param labels checked against the contract
record ProcessSnapshot(int pid, Maps maps, List<BinaryHint> hints, Map<String, String> labels) {
    ProcessSnapshot {
        hints = List.copyOf(hints);
        labels = Map.copyOf(labels);
    }

    /// Where the process's mappings come from.
    sealed interface Maps {

        record Sent(ParsedMaps parsed) implements Maps {}

        /// The sender left them out: either no stack needs them, or this server reads them itself.
        record LeftOut() implements Maps {}
    }
}
