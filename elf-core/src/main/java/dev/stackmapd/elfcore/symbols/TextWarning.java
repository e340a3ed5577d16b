package dev.stackmapd.elfcore.symbols;

import static java.util.Objects.requireNonNull;

/// A line that was skipped, and why.
///
/// @param line from 1
/// @param column from 1, in bytes
public record TextWarning(int line, int column, String detail) {
    public TextWarning {
        requireNonNull(detail, "detail");
    }
}
