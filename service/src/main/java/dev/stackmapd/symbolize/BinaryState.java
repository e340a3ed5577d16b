package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.dwarf.LackingPart;
import java.util.List;

/// Tells if the code of a binary can be symbolized now, and from which source.
public sealed interface BinaryState {

    /// The binary is open.
    ///
    /// @param names the source of names
    /// @param noIndex why no index of these files exists or will be built soon; empty if there is one or
    ///     the reason is unknown
    /// @param lacking parts of the debug information that are known to be missing
    record Open(NameSource names, String noIndex, List<LackingPart> lacking) implements BinaryState {
        public Open(NameSource names, List<LackingPart> lacking) {
            this(names, "", lacking);
        }
    }

    record Absent(SymbolizationResult.Cause cause) implements BinaryState {}

    /// The files are malformed.
    ///
    /// @param detail the defect and its offset; names no path
    record Broken(String detail) implements BinaryState {}

    enum NameSource {
        INDEX,
        /// Names come from the files; an index may be under construction.
        FILES
    }
}
