package dev.stackmapd.query;

import dev.stackmapd.stack.StackId;
import java.util.List;

/// A stored stack as it goes over the wire.
///
/// @param depth frames stored
/// @param truncated whether the root end was cut off when the stack was taken in
/// @param frames from leaf to root
record StackJson(StackId id, int depth, boolean truncated, List<FrameJson> frames) {}
