package dev.stackmapd.elfcore.index;

/// What came of building an index.
public sealed interface IndexBuilding {

    /// The index is in its place.
    ///
    /// @param fileBytes its size
    /// @param skippedParts parts of the binary that could not be read; what they held is missing in the index
    /// @param memoryBytes of the settings that were needed
    record Built(long fileBytes, long skippedParts, long memoryBytes) implements IndexBuilding {}

    /// Nothing is known of any code, so nothing was written.
    record Empty(long skippedParts) implements IndexBuilding {}

    /// The binary needs more than the settings allow; nothing was written.
    ///
    /// @param detail what there is too much of
    record TooLarge(String detail) implements IndexBuilding {}
}
