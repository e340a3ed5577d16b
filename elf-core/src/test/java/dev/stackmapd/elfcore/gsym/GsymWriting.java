package dev.stackmapd.elfcore.gsym;

/// The result of writing a GSYM file.
public sealed interface GsymWriting {

    /// The file was written to its path.
    ///
    /// @param functions the number of functions in it; the format cannot have code of no known function
    record Written(long fileBytes, int functions) implements GsymWriting {}

    /// The index needs offsets beyond 4 GiB, which version 1 does not have; nothing was written.
    record TooLarge(String detail) implements GsymWriting {}
}
