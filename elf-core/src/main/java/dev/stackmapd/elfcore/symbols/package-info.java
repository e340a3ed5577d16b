/// Names of functions, from whatever lists them: a file's symbol tables, MiniDebugInfo, the table of a Go
/// program and procedure linkage tables for ELF addresses; `perf-<pid>.map` and the kernel's `kallsyms` for
/// addresses of a process or the kernel. Each is read once into sorted arrays, then asked many times.
/// [SymbolPrecedence] decides which of them names a piece of code.
///
/// Knows `elf` and `golang`, and of `dwarf` only what it calls a function; knows nothing of DWARF's formats, of
/// demangling, or of who asks.
@NullMarked
package dev.stackmapd.elfcore.symbols;

import org.jspecify.annotations.NullMarked;
