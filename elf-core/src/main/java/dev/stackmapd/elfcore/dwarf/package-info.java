/// Reads DWARF 2 to 5, with GNU's split files and the additions of `dwz`, and finds the functions, files
/// and lines of an address, inlined calls included. A debugging information entry is called DIE.
///
/// It reads through `bytes` and `elf`, and knows nothing of symbol tables or of demangling. Other files
/// are requested through [DebugFileFinder]; only [LocalDebugFiles] knows folders. Read [DwarfFile]
/// first.
@NullMarked
package dev.stackmapd.elfcore.dwarf;

import org.jspecify.annotations.NullMarked;
