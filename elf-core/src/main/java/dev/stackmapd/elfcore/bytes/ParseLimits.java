package dev.stackmapd.elfcore.bytes;

import static java.util.Objects.requireNonNull;

/// Limits on the work and memory that one untrusted file may cost. Callers pass them in, so that a test
/// can make them small.
///
/// @param maxNoteBytes bytes of notes read while one build-id is looked for, over all segments and
///     sections: 256 program headers may each claim the same 4 GiB of 12-byte notes
/// @param maxProgramHeaders entries of one program header table; with `PN_XNUM` a file may claim 2^32
/// @param maxSections entries of one section header table; with extended numbering a file may claim
///     2^64. An honest object file with one section a function has some 100,000
/// @param maxSymbols code symbols kept of one file; each costs up to 48 bytes of heap and its name
/// @param maxNameBytes bytes of symbol names read from one symbol table, over all symbols: names may
///     overlap, so the string table's size is no bound
/// @param maxInflatedBytes bytes of all sections of one file after decompression or relocation,
///     together, in [ScratchSpace]: counted while they are produced, whatever their headers claim.
///     ceph-osd's debug sections inflate to 623 MB
/// @param dwarf limits of the debug information
public record ParseLimits(
        long maxNoteBytes,
        int maxProgramHeaders,
        int maxSections,
        int maxSymbols,
        int maxNameBytes,
        long maxInflatedBytes,
        DwarfLimits dwarf) {

    private static final int SYMBOL_BYTES = 48;

    public static final ParseLimits DEFAULT = new ParseLimits(16L << 20, 1 << 16, 1 << 18, 1 << 22, 1 << 29);

    /// Returns the default limits for inflating and for debug information, the given ones for the rest.
    public ParseLimits(long maxNoteBytes, int maxProgramHeaders, int maxSections, int maxSymbols, int maxNameBytes) {
        this(maxNoteBytes, maxProgramHeaders, maxSections, maxSymbols, maxNameBytes, 2L << 30, DwarfLimits.DEFAULT);
    }

    /// Returns these limits, lowered where necessary for an amount of heap: debug information of an open
    /// file keeps at most `heapBytes`, and its symbols twice as much. Reading either takes some four
    /// times as much for a short time.
    ///
    /// @param heapBytes at least 64 KiB
    public ParseLimits within(long heapBytes) {
        return new ParseLimits(
                maxNoteBytes,
                maxProgramHeaders,
                maxSections,
                (int) Math.min(maxSymbols, heapBytes / SYMBOL_BYTES),
                (int) Math.min(maxNameBytes, heapBytes),
                maxInflatedBytes,
                dwarf.within(heapBytes));
    }

    public ParseLimits {
        requireNonNull(dwarf, "dwarf");
        if (maxNoteBytes < 1
                || maxProgramHeaders < 1
                || maxSections < 1
                || maxSymbols < 1
                || maxNameBytes < 1
                || maxInflatedBytes < 1) {
            throw new IllegalArgumentException("a limit is below 1");
        }
    }
}
