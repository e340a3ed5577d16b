package dev.stackmapd.stack;

import java.util.List;

/// A stack as it is stored and returned.
///
/// @param frames from leaf to root, at least one
/// @param truncated true if frames at the root end were dropped during ingestion (DEV-05, DEV-08)
public record Stack(List<Frame> frames, boolean truncated) {
    public Stack {
        frames = List.copyOf(frames);
        if (frames.isEmpty()) {
            throw new IllegalArgumentException("a stack has at least one frame");
        }
    }
}
