package dev.stackmapd.elfcore.index;

/// The result of building an index.
public sealed interface IndexBuilding {

    /// The index was built and is at its path.
    ///
    /// @param fileBytes its size
    /// @param skippedParts parts of the binary that could not be read; what they held is missing in the
    ///     index
    /// @param memoryBytes the memory that was needed, see [IndexSettings#memoryBytes]
    record Built(long fileBytes, long skippedParts, long memoryBytes) implements IndexBuilding {}

    /// The binary has no names for any code, so nothing was written.
    record Empty(long skippedParts) implements IndexBuilding {}

    /// The binary needs more than the settings allow; nothing was written.
    ///
    /// @param detail what exceeds the settings
    record TooLarge(String detail) implements IndexBuilding {}
}
