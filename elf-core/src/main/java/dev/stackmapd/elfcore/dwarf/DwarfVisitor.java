package dev.stackmapd.elfcore.dwarf;

/// Is shown everything that debug information says of code, one unit after the other, without an object for each
/// thing: what an index is built from. Called by one thread.
///
/// For each unit: [#unit]; then its own ranges; then its functions and inlined calls, each followed by its ranges and
/// each function then by its entry, parents before their children; then its line rows; then [#endOfUnit]. Damage is
/// reported by [#skipped] where it is met, and the rest goes on.
public interface DwarfVisitor {

    /// A unit begins.
    ///
    /// @param unit only until [#endOfUnit]
    void unit(WalkedUnit unit);

    /// Code `[low, high)` that the unit claims for itself, by its first entry. Units that say nothing have none;
    /// line rows outside are another unit's, whose line program this one shares.
    default void unitRange(long low, long high) {}

    /// A function that has code. One whose code the linker dropped has no ranges.
    ///
    /// @param depth of nesting; 0 unless the function is defined inside another
    /// @param key what to ask [WalkedUnit#names] with; equal keys of one unit are equal functions
    void function(int depth, long key);

    /// An inlined call, one deeper than the last function or inlined call before it that has a smaller depth, which
    /// is what it is inlined into.
    ///
    /// @param callFile what to ask [WalkedUnit#path] with
    /// @param callLine 0 where it is not known, and likewise the others
    void inlined(int depth, long key, int callFile, int callLine, int callColumn, int callDiscriminator);

    /// Code `[low, high)` of the last function or inlined call: ELF addresses, unsigned, not empty. Those of one
    /// function come in the order in which debug information lists them.
    void range(long low, long high);

    /// The address at which the last function is entered, after its ranges: one of them holds it. Functions without
    /// ranges have none.
    default void entry(long address) {}

    /// A row of the line program: it holds up to the next row of its sequence. Rows ascend within a sequence;
    /// sequences come in any order.
    ///
    /// @param file what to ask [WalkedUnit#path] with
    /// @param line 0 where the code comes from no line
    void row(long address, int file, int line, int column, int discriminator, boolean isStatement);

    /// The last row's sequence ends before this address.
    void endOfSequence(long address);

    /// The unit ends.
    void endOfUnit();

    /// Something could not be read. Between [#unit] and [#endOfUnit] it concerns that unit; before the first one and
    /// between two, code of which no unit is known.
    void skipped(SkippedPart part);
}
