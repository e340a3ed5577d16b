package dev.stackmapd.elfcore.dwarf;

import java.util.List;
import java.util.Set;

/// The source files that a file's debug information names, as frames name them: what is asked for by build-id and
/// name when somebody wants to read the source.
///
/// A name is the text of the file; before one that is not absolute stands its directory and `/`, before a directory
/// that is not absolute the one that the unit was compiled in. Nothing is resolved, so `/src/./a.c` and `/src/../a.c`
/// stay, and names may be relative where the directories are. Bytes that are not UTF-8 are U+FFFD.
///
/// @param names each once, in no order
/// @param truncated whether there are more names than
///     [dev.stackmapd.elfcore.bytes.DwarfLimits#maxSourceNameBytes()] has room for
/// @param skipped what could not be read; names of other units are not affected
public record SourceNames(Set<String> names, boolean truncated, List<SkippedPart> skipped) {

    public SourceNames {
        names = Set.copyOf(names);
        skipped = List.copyOf(skipped);
    }
}
