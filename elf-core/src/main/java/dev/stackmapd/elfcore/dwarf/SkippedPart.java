package dev.stackmapd.elfcore.dwarf;

import static java.util.Objects.requireNonNull;

/// A part of the debug information that was skipped, and why. The rest of the answer is correct.
///
/// @param scope what is lost
/// @param lacking the file or section that is missing, at least in part
/// @param detail what was read, at which byte, and what was wrong with it; may have names of this host's
///     files
public record SkippedPart(Scope scope, LackingPart lacking, String detail) {

    /// The scope of what is lost.
    public enum Scope {
        /// The list of units ends early: code of later ones is not known.
        UNITS,
        /// `.debug_aranges` or a unit's own ranges: code of that unit may not be found.
        UNIT_RANGES,
        /// One unit cannot be read at all.
        UNIT,
        /// Functions of one unit after the damage.
        FUNCTIONS,
        /// Inlined calls of one function after the damage.
        INLINED_CALLS,
        /// Files, lines and columns of one unit after the damage.
        LINES,
        /// The name of one function.
        NAMES,
        /// The split unit's file was not found, is the wrong one or cannot be read.
        SPLIT_FILE,
        /// The alternate file, which has shared names, was not found, is the wrong one or cannot be
        /// read.
        ALTERNATE_FILE
    }

    public SkippedPart {
        requireNonNull(scope, "scope");
        requireNonNull(lacking, "lacking");
        requireNonNull(detail, "detail");
    }
}
