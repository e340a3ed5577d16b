package dev.stackmapd.elfcore.lookup;

import dev.stackmapd.elfcore.dwarf.LackingPart;
import java.util.List;

/// The answer to one address.
///
/// @param frames innermost first; empty where no function holds the address
/// @param lacking the parts of the debug information that the answer did without
public record SourceFrames(List<SourceFrame> frames, List<LackingPart> lacking) {
    /// Nothing is known, and nothing lacked.
    public static final SourceFrames NONE = new SourceFrames(List.of(), List.of());

    public SourceFrames {
        frames = List.copyOf(frames);
        lacking = List.copyOf(lacking);
    }
}
