package dev.stackmapd.elfcore.golang;

import java.util.List;

/// What a Go program says of one address.
///
/// @param frames innermost first; only the last is not inlined. Empty where no Go function holds the address
/// @param skipped parts that the answer had to do without, with what was wrong and where; empty where all is sound
public record GoAnswer(List<GoFrame> frames, List<String> skipped) {
    public GoAnswer {
        frames = List.copyOf(frames);
        skipped = List.copyOf(skipped);
    }
}
