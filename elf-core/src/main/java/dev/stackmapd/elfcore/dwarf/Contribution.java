package dev.stackmapd.elfcore.dwarf;

/// The contributions of one unit to the sections of a package file (DWARF 5, 7.3.5). Offsets in the
/// unit's headers are relative to these.
///
/// Outside a package, every offset is 0 and so is every size, which then means "to the end".
///
/// @param info where the unit begins in `.debug_info.dwo`
/// @param lines [#NO_LINES] where a unit of a package has nothing of `.debug_line.dwo`
record Contribution(long info, long abbreviations, long stringOffsets, long rangeLists, long lines) {
    static final long NO_LINES = -1;
    static final Contribution NONE = new Contribution(0, 0, 0, 0, 0);
}
