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
    ///
    /// @param size bytes of the function: of several symbols that begin there, the smallest that is not smaller
    ///     counts, or the largest if all are
    public Optional<String> at(long entry, long size) {
        for (SymbolTable table : tables) {
            Optional<Symbol> found = beginning(table, entry, entry);
            if (found.isPresent()) {
                return Optional.of(largeEnough(table, found.get(), size).name());
            }
        }
        return Optional.empty();
    }

    private static Symbol largeEnough(SymbolTable table, Symbol smallest, long size) {
        Symbol symbol = smallest;
        while (Long.compareUnsigned(symbol.size(), size) < 0) {
            long entry = symbol.start().value();
            Optional<Symbol> larger = beginning(table, entry, entry + symbol.size());
            if (larger.isEmpty() || Long.compareUnsigned(larger.get().size(), symbol.size()) <= 0) {
                break;
            }
            symbol = larger.get();
        }
        return symbol;
    }

    /// The symbol that answers for an address, if it begins at the entry.
    private static Optional<Symbol> beginning(SymbolTable table, long entry, long address) {
        int index = table.indexOf(address);
        return index == SymbolTable.NONE
                ? Optional.empty()
                : Optional.of(table.get(index)).filter(s -> s.start().value() == entry);
    }
}
