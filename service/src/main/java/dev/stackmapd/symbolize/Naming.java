package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.dwarf.LackingPart;
import java.util.List;

/// What a binary's files say of one address.
///
/// @param frames innermost first; empty where no function holds the address
/// @param lacking the parts of the debug information that this did without
record Naming(List<SourceFrame> frames, List<LackingPart> lacking) {
    Naming {
        frames = List.copyOf(frames);
        lacking = List.copyOf(lacking);
    }
}
