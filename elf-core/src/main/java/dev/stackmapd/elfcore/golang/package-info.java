/// The tables that a Go program carries for its own stack traces, also when it is stripped: function, file and
/// line of each address, and inlined calls.
///
/// There is no specification; the tables are those of the runtime's sources (`runtime/symtab.go`, `runtime2.go`,
/// `symtabinl.go`) of Go 1.16 to 1.27. Knows `bytes` and `elf`; knows nothing of symbol tables, of DWARF or of
/// who asks. [GoTable][dev.stackmapd.elfcore.golang.GoTable] is the way in.
@NullMarked
package dev.stackmapd.elfcore.golang;

import org.jspecify.annotations.NullMarked;
