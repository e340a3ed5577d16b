package dev.stackmapd.elfcore.lookup;

import dev.stackmapd.elfcore.dwarf.LackingPart;
import java.util.List;

/// The answer for one address.
///
/// @param frames innermost first; empty where no function holds the address
/// @param lacking the parts of the debug information that were missing for the answer
public record SourceFrames(List<SourceFrame> frames, List<LackingPart> lacking) {
    /// The answer that nothing is known although no debug information was missing.
    public static final SourceFrames NONE = new SourceFrames(List.of(), List.of());

    public SourceFrames {
        frames = List.copyOf(frames);
        lacking = List.copyOf(lacking);
    }
}
