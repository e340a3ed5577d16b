package dev.stackmapd.store;

import dev.stackmapd.elfcore.elf.BuildId;
import java.time.Instant;
import java.util.List;

/// What all batches together state about one binary.
///
/// @param buildId the shortest form that occurred in frames ([BuildId#matches]): the kernel pads ids to
///     20 bytes
/// @param paths distinct paths at which the binary was mapped, in the order of arrival, at most
///     [#MAX_PATHS]; empty if only translated frames were sent
/// @param frames number of its frames, each multiplied by the sightings of its stack, saturating at
///     2^63−1
/// @param firstSeen the earliest time of a stack with a frame in the binary
/// @param lastSeen the latest such time
public record SeenBinary(BuildId buildId, List<String> paths, long frames, Instant firstSeen, Instant lastSeen) {
    public static final int MAX_PATHS = 8;

    public SeenBinary {
        paths = List.copyOf(paths);
    }
}
