package dev.stackmapd.elfcore.symbols;

import java.util.List;
import java.util.Optional;

/// Linkage names that debug information leaves out: compilers give none to functions that only their own file sees, so
/// that a `static` function of C++ has its scope and parameters in the symbol table alone.
///
/// @param tables asked one after the other
public record LinkageNames(List<SymbolTable> tables) {
    public LinkageNames {
        tables = List.copyOf(tables);
    }

    /// The mangled name of the function that begins at an ELF address; empty where its symbol is not mangled, because
    /// another alias would say no more than the plain name does.
    public Optional<String> at(long entry) {
        for (SymbolTable table : tables) {
            int index = table.indexOf(entry);
            if (index != SymbolTable.NONE) {
                Symbol symbol = table.get(index);
                return Optional.of(symbol.name())
                        .filter(name -> symbol.start().value() == entry && isMangled(name));
            }
        }
        return Optional.empty();
    }

    private static boolean isMangled(String name) {
        return name.startsWith("_Z") || name.startsWith("_R") || name.startsWith("_D");
    }
}
