package dev.stackmapd.elfcore.dwarf;

import java.util.List;

/// What debug information says of one address.
public sealed interface DwarfAnswer {

    /// What the answer had to do without; empty where nothing was damaged or missing.
    List<SkippedPart> skipped();

    /// Something is known.
    ///
    /// @param frames innermost first, at least one; only the last is not inlined
    record Found(List<DwarfFrame> frames, List<SkippedPart> skipped) implements DwarfAnswer {
        public Found {
            frames = List.copyOf(frames);
            skipped = List.copyOf(skipped);
            if (frames.isEmpty()) {
                throw new IllegalArgumentException("an answer without frames");
            }
        }
    }

    /// Nothing is known, and why.
    record Missing(Cause cause, List<SkippedPart> skipped) implements DwarfAnswer {
        public Missing {
            skipped = List.copyOf(skipped);
        }
    }

    /// Why nothing is known.
    enum Cause {
        /// The file has no debug information.
        NO_DEBUG_INFORMATION,
        /// No unit has code at the address.
        NO_UNIT,
        /// A unit has code around the address, but neither function nor line is known for it.
        NO_FUNCTION_OR_LINE
    }
}
