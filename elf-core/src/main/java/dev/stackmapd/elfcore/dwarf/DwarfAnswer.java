package dev.stackmapd.elfcore.dwarf;

import java.util.List;

/// The result of looking up one address in debug information.
public sealed interface DwarfAnswer {

    /// Returns the parts of the debug information that were missing or damaged; empty if there were
    /// none.
    List<SkippedPart> skipped();

    /// A function or a line is known.
    ///
    /// @param frames innermost first, at least one; only the last is not inlined
    record Found(List<DwarfFrame> frames, List<SkippedPart> skipped) implements DwarfAnswer {
        public Found {
            frames = List.copyOf(frames);
            skipped = List.copyOf(skipped);
            if (frames.isEmpty()) {
                throw new IllegalArgumentException("an answer must have frames");
            }
        }
    }

    /// Neither a function nor a line is known.
    record Missing(Cause cause, List<SkippedPart> skipped) implements DwarfAnswer {
        public Missing {
            skipped = List.copyOf(skipped);
        }
    }

    /// The reason why nothing is known.
    enum Cause {
        /// The file has no debug information.
        NO_DEBUG_INFORMATION,
        /// No unit has code at the address.
        NO_UNIT,
        /// A unit has code around the address, but neither function nor line is known for it.
        NO_FUNCTION_OR_LINE
    }
}
