package dev.stackmapd.process;

/// The result of parsing a maps text within [MapsLimits].
public sealed interface MapsParseResult permits ParsedMaps, MapsParseResult.TooManyLines {

    /// The text has too many lines; nothing of it was kept.
    ///
    /// @param maxLines the limit
    record TooManyLines(int maxLines) implements MapsParseResult {

        /// Returns the number, from 1, of the first line over the limit.
        public int line() {
            return maxLines + 1;
        }
    }
}
