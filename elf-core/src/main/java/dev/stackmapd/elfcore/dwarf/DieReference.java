package dev.stackmapd.elfcore.dwarf;

/// The place of a DIE.
///
/// @param offset from the beginning of the section that the unit is in
record DieReference(Unit unit, long offset) {}
