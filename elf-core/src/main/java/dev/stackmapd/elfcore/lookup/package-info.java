/// Finds the functions, files and lines of the code of one binary, inlined calls included, in its symbol
/// index or its files. [BinaryFiles] takes the files; [BinarySymbols] looks up one address or many. Read
/// [BinarySymbols] first.
///
/// It knows all packages of this module except `demangle`, and is the only one that the rest of the
/// project uses for look-ups. [dev.stackmapd.elfcore.symbols.SymbolPrecedence] decides which source
/// takes precedence. It knows nothing of its callers, of where files come from, or of how long answers
/// are kept.
@NullMarked
package dev.stackmapd.elfcore.lookup;

import org.jspecify.annotations.NullMarked;
