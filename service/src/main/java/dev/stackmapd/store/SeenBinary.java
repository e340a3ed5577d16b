package dev.stackmapd.store;

import dev.stackmapd.elfcore.elf.BuildId;
import java.time.Instant;
import java.util.List;

/// What all batches together said of one binary.
///
/// @param buildId the shortest form in which frames had it ([BuildId#matches]): the kernel pads ids to 20 bytes
/// @param paths where it was mapped, distinct, in the order in which they were told, at most [#MAX_PATHS]; none where
///     only translated frames were sent
/// @param frames in it: each frame of a stack as often as the stack was seen; stays at 2^63−1 once it is reached
/// @param firstSeen the earliest time that a batch gave for a stack through it
/// @param lastSeen the latest
public record SeenBinary(BuildId buildId, List<String> paths, long frames, Instant firstSeen, Instant lastSeen) {
    public static final int MAX_PATHS = 8;

    public SeenBinary {
        paths = List.copyOf(paths);
    }
}
