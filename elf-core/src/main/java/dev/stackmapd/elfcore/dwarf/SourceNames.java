package dev.stackmapd.elfcore.dwarf;

import java.util.List;
import java.util.Set;

/// The source files that a file's debug information names, spelled as in frames, so that a source file
/// can be requested by build-id and name.
///
/// A relative file name is prefixed with its directory and `/`, a relative directory with the one in
/// which the unit was compiled. Nothing is resolved, so `/src/./a.c` and `/src/../a.c` stay, and names
/// may be relative where the directories are. Bytes that are not UTF-8 are U+FFFD.
///
/// @param names each once, in no order
/// @param truncated true if names are missing because of
///     [dev.stackmapd.elfcore.bytes.DwarfLimits#maxSourceNameBytes()]
/// @param skipped what could not be read; names of other units are not affected
public record SourceNames(Set<String> names, boolean truncated, List<SkippedPart> skipped) {

    public SourceNames {
        names = Set.copyOf(names);
        skipped = List.copyOf(skipped);
    }
}
