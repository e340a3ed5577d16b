package dev.stackmapd.elfcore.symbols;

import static java.util.Objects.requireNonNull;

import java.util.List;

/// The result of parsing a list in text form.
///
/// @param warnings in the order of the text, at most [#MAX_WARNINGS]
/// @param omittedWarnings the number of further warnings
public record ParsedText(TextSymbolTable symbols, List<TextWarning> warnings, int omittedWarnings) {
    public static final int MAX_WARNINGS = 100;

    public ParsedText {
        requireNonNull(symbols, "symbols");
        warnings = List.copyOf(warnings);
    }
}
