package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.dwarf.LackingPart;
import java.util.List;

/// Whether a binary's code can be named just now, and by what.
public sealed interface BinaryState {

    /// @param names where they come from
    /// @param noIndex why there is no index and none will be built of these files, or none soon; empty where
    ///     that is not known, or there is one
    /// @param lacking parts of the debug information that are known to lack
    record Open(NameSource names, String noIndex, List<LackingPart> lacking) implements BinaryState {
        public Open(NameSource names, List<LackingPart> lacking) {
            this(names, "", lacking);
        }
    }

    record Absent(SymbolizationResult.Cause cause) implements BinaryState {}

    /// @param detail what is broken, and at which byte; names no path
    record Broken(String detail) implements BinaryState {}

    enum NameSource {
        INDEX,
        /// Straight from the files; an index may be being built.
        FILES
    }
}
