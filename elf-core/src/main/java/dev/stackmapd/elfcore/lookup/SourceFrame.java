package dev.stackmapd.elfcore.lookup;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.symbols.SymbolSource;

/// One function that a piece of code belongs to.
///
/// @param rawName the name in the binary, possibly mangled; for a part of a function with the part's
///     suffix; empty where only a line is known
/// @param file path as the compiler had it; empty where it is not known
/// @param line from 1; 0 where it is not known
/// @param column from 1; 0 where it is not known
/// @param functionOffset bytes from the function's entry, or from the start of the part that `rawName`
///     names, to the byte that was looked up, unsigned; [#NO_OFFSET] where the function was inlined
///     here, or its start is not known
/// @param source the source of the name
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

    /// Returns a frame for code of which debug information has only the line.
    public static SourceFrame ofLine(String file, int line, int column) {
        return new SourceFrame("", file, line, column, NO_OFFSET, SymbolSource.DWARF, SourceLanguage.UNKNOWN, false);
    }

    /// Returns this frame with another place in the source.
    public SourceFrame at(String otherFile, int otherLine, int otherColumn) {
        return new SourceFrame(
                rawName, otherFile, otherLine, otherColumn, functionOffset, source, language, approximate);
    }
}
