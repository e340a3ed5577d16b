package dev.stackmapd.elfcore.gsym;

/// What came of writing a GSYM file.
public sealed interface GsymWriting {

    /// The file is in its place.
    ///
    /// @param functions that it holds; code of no known function is not in it, since the format has no place for it
    record Written(long fileBytes, int functions) implements GsymWriting {}

    /// The index needs offsets beyond 4 GiB, which version 1 does not have; nothing was written.
    record TooLarge(String detail) implements GsymWriting {}
}
