package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.io.IOException;
import java.util.Optional;

/// Finds the other files that debug information may be spread over. The caller implements it; a query
/// has exactly what a file says about the place of another one.
///
/// It is called at most once for each file, by any thread that looks up. The [DwarfFile] owns the file
/// that was found, checks that it is the right one, and closes it.
public interface DebugFileFinder {

    /// Finds no file, so that only the debug information in the one file is used.
    DebugFileFinder NONE = query -> Optional.empty();

    /// Returns the file that a query describes, or empty if there is none. Answers that need the file
    /// name an exception that is thrown here as the reason why it is missing.
    Optional<ElfFile> find(Query query) throws IOException, MalformedBinaryException;

    /// Describes the file to find.
    sealed interface Query {

        /// A package (`.dwp`) that may hold split units of the file, queried before any single unit.
        ///
        /// @param rank 0 for the package closest to the file, 1 for the next one, and so on until there
        ///     is none: a damaged package, or one of another program, must not hide the right one
        record SplitPackage(int rank) implements Query {}

        /// One split unit (`.dwo`, or an object file that has split sections).
        ///
        /// @param name `DW_AT_dwo_name`: a path, relative to `directory` if it does not begin with `/`
        /// @param directory `DW_AT_comp_dir` of the unit, empty where it has none
        /// @param id the unit's id, which the file must have
        record SplitUnit(String name, String directory, long id) implements Query {}

        /// The file to which `dwz` moved the debug information shared by several files
        /// (`.gnu_debugaltlink`).
        ///
        /// @param name the path that the link has
        record Alternate(String name, BuildId buildId) implements Query {}
    }
}
