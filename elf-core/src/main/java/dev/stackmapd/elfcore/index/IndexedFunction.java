package dev.stackmapd.elfcore.index;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.symbols.SymbolSource;

/// One function of an index, or one of the parts that its code was split into.
///
/// @param rawName the linkage name where there is one, mangled, else the plain name; empty where neither is known. A
///     part may have a suffix, see [dev.stackmapd.elfcore.symbols.PartNames]
/// @param declarationLine 0 where it is not known
/// @param entry ELF address where it is entered, or where the part begins; 0 where it was only ever inlined
/// @param size bytes of its code, unsigned; 0 where it is not known or `entry` is 0
/// @param source what named it
/// @param approximate true if the end of the code is not known, so that an address in it may belong to something else
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
