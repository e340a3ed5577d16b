/// Reads ELF files as the System V gABI specifies them: headers, segments, sections, notes, build-ids,
/// symbol tables.
///
/// It reads through `bytes`, and knows nothing of DWARF, of processes or of where files come from.
@NullMarked
package dev.stackmapd.elfcore.elf;

import org.jspecify.annotations.NullMarked;
