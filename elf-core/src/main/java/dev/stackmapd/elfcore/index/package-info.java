/// Builds, writes and reads the symbol index: all names and lines that debug information and symbol
/// tables have for one binary's code, in one immutable file that is mapped and searched by address. Read
/// [IndexFormat] first.
///
/// It knows `elf`, `dwarf` and `symbols`, and knows nothing of its callers, of where files are kept, or
/// of demangling.
@NullMarked
package dev.stackmapd.elfcore.index;

import org.jspecify.annotations.NullMarked;
