package dev.stackmapd.process;

/// What came of reading a maps text within [MapsLimits].
public sealed interface MapsParseResult permits ParsedMaps, MapsParseResult.TooManyLines {

    /// The text has more lines than allowed; nothing of it was kept.
    ///
    /// @param maxLines the limit; the line after it is the first too many
    record TooManyLines(int maxLines) implements MapsParseResult {

        /// The 1-based number of the first line too many.
        public int line() {
            return maxLines + 1;
        }
    }
}
