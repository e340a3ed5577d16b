package dev.stackmapd.symbolize;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.index.SymbolSource;

/// One function that a piece of code belongs to.
///
/// @param function the name for people: demangled where it is mangled and can be read, the same for all parts of a
///     function; empty where only a line is known
/// @param rawName the name as the binary has it; of a part with its suffix
/// @param file path as the compiler had it; empty where it is not known
/// @param line from 1; 0 where it is not known
/// @param column from 1; 0 where it is not known
/// @param functionOffset bytes from the function's entry, or from the start of the part that `rawName` names, to the
/// byte that was looked up, unsigned; [#NO_OFFSET] where
///     the function was inlined here, or its start is not known
/// @param source what named it
/// @param approximate true if the symbol has no size, so that the byte may belong to something else
public record SourceFrame(
        String function,
        String rawName,
        String file,
        int line,
        int column,
        long functionOffset,
        SymbolSource source,
        boolean approximate) {
    public static final long NO_OFFSET = -1;

    public SourceFrame {
        requireNonNull(function, "function");
        requireNonNull(rawName, "rawName");
        requireNonNull(file, "file");
        requireNonNull(source, "source");
    }
}
