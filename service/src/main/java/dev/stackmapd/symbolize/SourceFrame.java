package dev.stackmapd.symbolize;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.index.SymbolSource;

/// One function that a piece of code belongs to.
///
/// @param rawName the name as the binary has it, mangled where the compiler did so, of a part of a function with the
///     part's suffix; empty where only a line is known
/// @param file path as the compiler had it; empty where it is not known
/// @param line from 1; 0 where it is not known
/// @param column from 1; 0 where it is not known
/// @param functionOffset bytes from the function's entry, or from the start of the part that `rawName` names, to the
///     byte that was looked up, unsigned; [#NO_OFFSET] where the function was inlined here, or its start is not known
/// @param source what named it
/// @param language of the source, where debug information says it
/// @param approximate true if the symbol has no size, so that the byte may belong to something else
public record SourceFrame(
        String rawName,
        String file,
        int line,
        int column,
        long functionOffset,
        SymbolSource source,
        SourceLanguage language,
        boolean approximate) {
    public static final long NO_OFFSET = -1;

    public SourceFrame {
        requireNonNull(rawName, "rawName");
        requireNonNull(file, "file");
        requireNonNull(source, "source");
        requireNonNull(language, "language");
    }
}
