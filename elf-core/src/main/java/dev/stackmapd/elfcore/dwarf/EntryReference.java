package dev.stackmapd.elfcore.dwarf;

/// Where an entry is.
///
/// @param offset from the beginning of the section that the unit is in
record EntryReference(Unit unit, long offset) {}
