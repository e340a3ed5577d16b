/// DWARF 2 to 5 as the debugging information format committee has it, with GNU's split files and `dwz` additions:
/// which functions, files and lines an address is, inlined calls included.
///
/// Reads through `bytes` and `elf`. Knows nothing of symbol tables or of demangling. Other files are asked for through
/// [DebugFileFinder]; only [LocalDebugFiles] knows folders. [DwarfFile] is the way in.
@NullMarked
package dev.stackmapd.elfcore.dwarf;

import org.jspecify.annotations.NullMarked;
