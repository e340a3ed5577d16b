/// Reads names of functions from every list of them: a file's symbol tables, MiniDebugInfo, the table of
/// a Go program and procedure linkage tables for ELF addresses; `perf-<pid>.map` and the kernel's
/// `kallsyms` for addresses of a process or the kernel. Each is read once into sorted arrays, then
/// searched many times. [SymbolPrecedence] decides which of them names a piece of code.
///
/// It knows `elf` and `golang`, and of `dwarf` only the names of functions. It knows nothing of DWARF's
/// formats, of demangling, or of its callers.
@NullMarked
package dev.stackmapd.elfcore.symbols;

import org.jspecify.annotations.NullMarked;
