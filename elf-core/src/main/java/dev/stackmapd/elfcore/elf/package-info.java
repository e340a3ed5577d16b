/// ELF as the System V gABI has it: headers, segments, sections, notes, build-ids, symbol tables.
///
/// Reads through `bytes`; knows nothing of DWARF, of processes or of where files come from.
@NullMarked
package dev.stackmapd.elfcore.elf;

import org.jspecify.annotations.NullMarked;
