package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.elf.ElfAddress;

/// One function, as a symbol table has it.
///
/// @param name as the table spells it (mangled), without `@VERSION`; bytes that are not UTF-8 are replaced
/// @param size bytes, unsigned; 0 where the table does not know
/// @param source which table said so
public record Symbol(String name, ElfAddress start, long size, SymbolSource source) {

    /// Returns true if the table does not say where the function ends, so that an address behind `start` may belong
    /// to something else.
    public boolean approximate() {
        return size == 0;
    }
}
