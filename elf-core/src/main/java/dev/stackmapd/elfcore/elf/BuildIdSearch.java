package dev.stackmapd.elfcore.elf;

/// The result of searching for a build-id. Every case is expected, so none is an exception.
public sealed interface BuildIdSearch {

    record Found(BuildId buildId) implements BuildIdSearch {}

    /// @param offset the file offset at which the search failed
    /// @param detail what was expected and what was found there
    record Missing(Cause cause, long offset, String detail) implements BuildIdSearch {}

    enum Cause {
        /// Not an ELF executable or shared object at all.
        NOT_ELF,
        /// All notes were read, and none is a build-id.
        NO_NOTE,
        /// A note is malformed, and none before it is a build-id.
        BAD_NOTE,
        /// The bytes end before the headers or the notes do.
        TRUNCATED
    }
}
