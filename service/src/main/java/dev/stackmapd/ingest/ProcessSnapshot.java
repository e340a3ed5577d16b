package dev.stackmapd.ingest;

import dev.stackmapd.process.ParsedMaps;
import dev.stackmapd.resolve.BinaryHint;
import dev.stackmapd.series.Labels;
import java.util.List;

/// One entry of a batch's `processes`, decoded and checked, nothing looked up yet.
///
/// @param pid 0 when the sender did not say
/// @param hints what the sender knows of the mapped files
/// @param labels what a profile is later selected by
record ProcessSnapshot(int pid, Maps maps, List<BinaryHint> hints, Labels labels) {
    ProcessSnapshot {
        hints = List.copyOf(hints);
    }

    /// Where the process's mappings come from.
    sealed interface Maps {

        record Sent(ParsedMaps parsed) implements Maps {}

        /// The sender left them out: either no stack needs them, or this server reads them itself.
        record LeftOut() implements Maps {}
    }
}
