package dev.stackmapd.elfcore.elf;

/// What came of looking for a build-id. Every case is ordinary; none is an exception.
public sealed interface BuildIdSearch {

    record Found(BuildId buildId) implements BuildIdSearch {}

    /// @param offset where in the file the decision fell, bytes from its beginning
    /// @param detail what was expected and what was found there
    record Missing(Cause cause, long offset, String detail) implements BuildIdSearch {}

    enum Cause {
        /// Not an ELF executable or shared object at all.
        NOT_ELF,
        /// Every note was read, and none is a build-id.
        NO_NOTE,
        /// Notes are there, but broken, and none before the damage is a build-id.
        BAD_NOTE,
        /// The bytes end before the headers or the notes do.
        TRUNCATED
    }
}
