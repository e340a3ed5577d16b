package dev.stackmapd.elfcore.index;

/// The result of opening an index. A file that cannot be read at all is an `IOException` instead.
public sealed interface IndexOpening {

    /// The index is open. The receiver must close it.
    record Ready(SymbolIndex index) implements IndexOpening {}

    /// A later version of this program wrote it. It must not be replaced.
    record TooNew(int version) implements IndexOpening {}

    /// An earlier version wrote it, in a format that is no longer supported. It has to be built again.
    record TooOld(int version) implements IndexOpening {}

    /// The file is damaged, or not an index. It has to be built again.
    ///
    /// @param offset the file offset at which the error was found
    record Corrupt(long offset, String detail) implements IndexOpening {}
}
