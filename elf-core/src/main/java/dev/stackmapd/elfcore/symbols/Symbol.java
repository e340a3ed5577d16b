package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.elf.ElfAddress;

/// One function of a symbol table.
///
/// @param name as the table spells it (mangled), without `@VERSION`; bytes that are not UTF-8 are
///     replaced
/// @param size bytes, unsigned; 0 where the table does not know
/// @param source the table that has the symbol
public record Symbol(String name, ElfAddress start, long size, SymbolSource source) {

    /// Returns true if the table does not have the end of the function, so that an address after `start`
    /// may belong to something else.
    public boolean approximate() {
        return size == 0;
    }
}
