/// Names for ELF addresses, from a file's symbol tables: read once into sorted arrays, then asked many times.
///
/// Knows `elf`; knows nothing of DWARF's formats, of demangling, or of who asks.
@NullMarked
package dev.stackmapd.elfcore.symbols;

import org.jspecify.annotations.NullMarked;
