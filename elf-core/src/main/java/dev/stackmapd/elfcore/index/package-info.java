/// The symbol index: everything that debug information and symbol tables say of one binary's code, in one immutable
/// file that is mapped and asked by address. Builds it, writes it, reads it.
///
/// Knows `elf`, `dwarf` and `symbols`; knows nothing of who asks, where files are kept, or of demangling.
@NullMarked
package dev.stackmapd.elfcore.index;

import org.jspecify.annotations.NullMarked;
