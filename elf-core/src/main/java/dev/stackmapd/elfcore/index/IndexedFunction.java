package dev.stackmapd.elfcore.index;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.symbols.SymbolSource;

/// One function of an index, or one part of a function whose code was split.
///
/// @param rawName the linkage name where there is one, mangled, else the plain name; empty where neither
///     is known. A part may have a suffix, see [dev.stackmapd.elfcore.symbols.PartNames]
/// @param declarationLine 0 where it is not known
/// @param entry ELF address of its entry point, or of the start of the part; 0 where it was only inlined
/// @param size bytes of its code, unsigned; 0 where it is not known or `entry` is 0
/// @param source the source of the name
/// @param approximate true if the end of the code is not known, so that an address in it may belong to
///     something else
public record IndexedFunction(
        String rawName,
        int declarationLine,
        SourceLanguage language,
        long entry,
        long size,
        SymbolSource source,
        boolean approximate) {

    public IndexedFunction {
        requireNonNull(rawName, "rawName");
        requireNonNull(language, "language");
        requireNonNull(source, "source");
    }
}
