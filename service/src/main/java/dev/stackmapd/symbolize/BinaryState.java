package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.elf.BuildId;
import java.util.Set;

/// Whether a binary's code can be named just now, and by what.
public sealed interface BinaryState {

    /// @param names where they come from
    /// @param lacking build-ids of files that would say more
    record Open(Names names, Set<BuildId> lacking) implements BinaryState {}

    record Absent(Symbolized.Cause cause) implements BinaryState {}

    /// @param detail what is broken, and at which byte; names no path
    record Broken(String detail) implements BinaryState {}

    enum Names {
        INDEX,
        /// Straight from the files; an index may be being built.
        FILES
    }
}
