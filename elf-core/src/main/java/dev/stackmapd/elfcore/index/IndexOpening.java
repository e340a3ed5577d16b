package dev.stackmapd.elfcore.index;

/// What came of opening an index. That the file cannot be read at all is an `IOException` instead.
public sealed interface IndexOpening {

    /// The index can be asked; who receives it closes it.
    record Ready(SymbolIndex index) implements IndexOpening {}

    /// A later version of this program wrote it. To be left alone.
    record TooNew(int version) implements IndexOpening {}

    /// An earlier version wrote it, in a form that is no longer read. To be built again.
    record TooOld(int version) implements IndexOpening {}

    /// Damaged, or no index at all. To be built again.
    ///
    /// @param offset in the file where that was noticed
    record Corrupt(long offset, String detail) implements IndexOpening {}
}
