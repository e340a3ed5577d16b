package dev.stackmapd.process;

import static java.util.Objects.requireNonNull;

/// A line of a maps text that yields no mapping, and the reason. No other mapping is affected.
///
/// @param line 1-based
/// @param column 1-based, in bytes
/// @param detail what was expected and what was found
public record MapsWarning(int line, int column, String detail) {
    public MapsWarning {
        requireNonNull(detail, "detail");
        if (line < 1 || column < 1) {
            throw new IllegalArgumentException("line and column count from 1, not %d:%d".formatted(line, column));
        }
    }
}
