package dev.stackmapd.elfcore.dwarf;

/// Receives all debug information about code, one unit after the other, without an object for each item.
/// An index is built from it. Called by one thread.
///
/// For each unit: [#unit]; then its own ranges; then its functions and inlined calls, each followed by
/// its ranges and each function then by its entry point, parents before their children; then its line
/// rows; then [#endOfUnit]. Damaged parts are reported by [#skipped] where they are found, and the walk
/// continues.
public interface DwarfVisitor {

    /// Called at the beginning of a unit.
    ///
    /// @param unit valid until [#endOfUnit]
    void unit(WalkedUnit unit);

    /// Called for each range `[low, high)` of code that the unit DIE claims. A unit may claim none. Line
    /// rows outside these ranges belong to another unit that shares the line program.
    default void unitRange(long low, long high) {}

    /// Called for a function that has code. A function whose code the linker dropped has no ranges.
    ///
    /// @param depth of nesting; 0 unless the function is defined inside another
    /// @param key the argument for [WalkedUnit#names]; equal keys of one unit are equal functions
    void function(int depth, long key);

    /// Called for an inlined call. It is inlined into the last function or inlined call before it that
    /// has a smaller depth, which is smaller by one.
    ///
    /// @param callFile the argument for [WalkedUnit#path]
    /// @param callLine from 1; 0 where it is not known
    /// @param callColumn from 1; 0 where it is not known
    /// @param callDiscriminator 0 where it is not known
    void inlined(int depth, long key, int callFile, int callLine, int callColumn, int callDiscriminator);

    /// Called for each range `[low, high)` of the last function or inlined call: ELF addresses,
    /// unsigned, not empty. The ranges of one function come in the order in which debug information
    /// lists them.
    void range(long low, long high);

    /// Called after the ranges of a function with its entry point, which lies in one of them. Not called
    /// for functions without ranges.
    default void entryPoint(long address) {}

    /// Called for a row of the line program, which is valid up to the next row of its sequence. Rows
    /// ascend within a sequence; sequences come in any order.
    ///
    /// @param file the argument for [WalkedUnit#path]
    /// @param line 0 where the code comes from no line
    void row(long address, int file, int line, int column, int discriminator, boolean isStatement);

    /// Called at the end of a sequence of rows, which ends before this address.
    void endOfSequence(long address);

    /// Called at the end of a unit.
    void endOfUnit();

    /// Called for a part that could not be read. Between [#unit] and [#endOfUnit] it concerns that unit,
    /// else code of which no unit is known.
    void skipped(SkippedPart part);
}
