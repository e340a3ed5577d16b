/// Reads the tables that a Go program has for its own stack traces, even if it is stripped: function,
/// file and line of each address, and inlined calls.
///
/// There is no specification; the tables are those of the runtime's sources (`runtime/symtab.go`,
/// `runtime2.go`, `symtabinl.go`) of Go 1.16 to 1.27. It knows `bytes` and `elf`, and knows nothing of
/// symbol tables, of DWARF or of its callers. Read [GoTable][dev.stackmapd.elfcore.golang.GoTable]
/// first.
@NullMarked
package dev.stackmapd.elfcore.golang;

import org.jspecify.annotations.NullMarked;
