package dev.stackmapd.elfcore.golang;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// One `_func` record, which has the tables of one function. The offset of a missing table is 0.
///
/// @param entry ELF address
/// @param name offset into the names
/// @param files offset of the table of files in the program counter tables
/// @param lines offset of the table of lines, likewise
/// @param inlined offset of the table of inlined calls, likewise
/// @param unit index in the list of files at which those of its unit begin
/// @param inlinedCalls offset or address of its list of inlined calls, [#NONE] where it has none
record GoFunction(
        long entry, long name, long files, long lines, long inlined, long unit, int startLine, long inlinedCalls) {
    static final long NONE = -1;

    private static final int PCDATA_INLINED = 2;
    private static final int FUNCDATA_INLINED = 3;
    private static final long NO_OFFSET = 0xffff_ffffL;

    /// @param at positioned at the record; positions are relative to an address that is a multiple of 8
    static GoFunction read(GoTableBytes table, long entry, Cursor at) throws MalformedBinaryException {
        TableVersion version = table.header().version();
        at.skip(table.header().functionFieldBytes(table.elfClass()), "entry");
        long name = at.u32("nameoff");
        at.skip(12, "args, deferreturn, pcsp");
        long files = at.u32("pcfile");
        long lines = at.u32("pcln");
        long pcDataCount = at.u32("npcdata");
        long unit = at.u32("cuOffset");
        int startLine = version.hasStartLines() ? (int) at.u32("startLine") : 0;
        at.skip(3, "funcID, flag");
        int dataCount = at.u8("nfuncdata");
        long inlined = 0;
        long pcData = at.position();
        if (pcDataCount > PCDATA_INLINED) {
            at.skip(PCDATA_INLINED * 4, "pcdata");
            inlined = at.u32("pcdata");
        }
        at.moveTo(pcData + 4 * pcDataCount, "npcdata");
        long calls = dataCount > FUNCDATA_INLINED ? inlinedCalls(table, version, at) : NONE;
        return new GoFunction(entry, name, files, lines, inlined, unit, Math.max(0, startLine), calls);
    }

    private static long inlinedCalls(GoTableBytes table, TableVersion version, Cursor at)
            throws MalformedBinaryException {
        if (version.hasOffsets()) {
            at.skip(FUNCDATA_INLINED * 4, "funcdata");
            long offset = at.u32("funcdata");
            return offset == NO_OFFSET ? NONE : offset;
        }
        int wordBytes = table.elfClass().wordBytes();
        at.skip(-at.position() & (wordBytes - 1), "padding");
        at.skip((long) FUNCDATA_INLINED * wordBytes, "funcdata");
        long address = table.elfClass().word(at, "funcdata");
        return address == 0 ? NONE : address;
    }
}
