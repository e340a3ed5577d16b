/// Answers which functions, files and lines the code of one binary is, inlined calls included, from whatever there is:
/// its symbol index, or its files. [BinaryFiles] opens the files; [BinarySymbols] is what is asked, for one address or
/// for many.
///
/// Knows all packages of this module but `demangle`; it is the only one that the rest of the project asks for names.
/// Which source wins over which is decided in [dev.stackmapd.elfcore.symbols.SymbolPrecedence]. Knows nothing of who
/// asks, of where files come from, or of how long answers are kept.
@NullMarked
package dev.stackmapd.elfcore.lookup;

import org.jspecify.annotations.NullMarked;
