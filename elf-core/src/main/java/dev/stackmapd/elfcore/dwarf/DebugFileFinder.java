package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.io.IOException;
import java.util.Optional;

/// Where the caller looks for the other files that debug information may be spread over. Nothing is guessed here:
/// what a file says about where another one lies is handed on as it stands.
///
/// Called at most once for each wanted file, by any thread that looks up. What is found belongs to the [DwarfFile],
/// which checks that it is the file meant and closes it.
public interface DebugFileFinder {

    /// Finds nothing: only what the one file has is known.
    DebugFileFinder NONE = query -> Optional.empty();

    /// Empty where there is no such file. An error is noted with the answers that the file is missing from.
    Optional<ElfFile> find(Query query) throws IOException, MalformedBinaryException;

    /// Which file is wanted.
    sealed interface Query {

        /// A package (`.dwp`) that may hold split units of the file, asked for before any single unit.
        ///
        /// @param rank 0 for the package that lies closest to the file, 1 for the next one, and so on until
        ///     there is none: a damaged package, or one of another program, must not hide the right one
        record SplitPackage(int rank) implements Query {}

        /// One split unit (`.dwo`, or an object file that has split sections).
        ///
        /// @param name `DW_AT_dwo_name`: a path, relative to `directory` if it does not begin with `/`
        /// @param directory `DW_AT_comp_dir` of the unit, empty where it has none
        /// @param id the unit's id, which the file must have
        record SplitUnit(String name, String directory, long id) implements Query {}

        /// The file with what `dwz` took out of several (`.gnu_debugaltlink`).
        ///
        /// @param name the path that the link has
        record Alternate(String name, BuildId buildId) implements Query {}
    }
}
