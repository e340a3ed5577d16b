package dev.stackmapd.elfcore.dwarf;

/// Where an entry is.
///
/// @param offset from the beginning of the section that the unit is in
record DieReference(Unit unit, long offset) {}
