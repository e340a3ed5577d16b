package dev.stackmapd.elfcore.symbols;

import java.util.List;
import java.util.Optional;

/// What symbol tables call the functions that debug information describes. Theirs is the name to show: compilers give
/// no linkage name to functions that only their own file sees, so that a `static` function of C++ has its scope and
/// parameters in the symbol table alone; a clone (`.constprop.0`) has its suffix there; and of several aliases
/// (`__libc_malloc`, `malloc`) tables have a rule which one counts. llvm-symbolizer does the same.
///
/// @param tables asked one after the other
public record LinkageNames(List<SymbolTable> tables) {
    public LinkageNames {
        tables = List.copyOf(tables);
    }

    /// The name of the function that begins at an ELF address; empty where no symbol begins just there.
    public Optional<String> at(long entry) {
        for (SymbolTable table : tables) {
            int index = table.indexOf(entry);
            if (index != SymbolTable.NONE && table.get(index).start().value() == entry) {
                return Optional.of(table.get(index).name());
            }
        }
        return Optional.empty();
    }
}
