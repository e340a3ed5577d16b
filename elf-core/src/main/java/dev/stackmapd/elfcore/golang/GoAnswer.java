package dev.stackmapd.elfcore.golang;

import java.util.List;

/// The result of looking up one address in the table of a Go program.
///
/// @param frames innermost first; only the last is not inlined. Empty where no Go function holds the
///     address
/// @param skipped parts that could not be read, with the error and its place; empty if there were none
public record GoAnswer(List<GoFrame> frames, List<String> skipped) {
    public GoAnswer {
        frames = List.copyOf(frames);
        skipped = List.copyOf(skipped);
    }
}
