package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.elf.ElfAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Decides which of the sources of one binary names a piece of code. It is the only place of this
/// decision: answers from files and the symbol index both follow it.
///
/// 1. Debug information. Where it has a line but no function, the line stays and a symbol gives the
///    name.
/// 2. Symbols that have a size, file by file, the best file first; in a file `.symtab`, or where that
///    names no code `.dynsym` and MiniDebugInfo; then the table of a Go program; then the stubs of the
///    procedure linkage table.
/// 3. Symbols that have no size, in the same order.
///
/// In a binary without any debug information, a Go program's table comes before symbols, since it has
/// lines and inlined calls, unless a symbol contradicts it (see `FileBackedSymbols`). The name in debug
/// information is compared with the symbols at the function's entry point, see [LinkageNames].
///
/// Immutable and thread-safe.
public final class SymbolPrecedence {
    /// The sources that are symbol tables, best first.
    static final List<SymbolSource> IN_A_FILE = List.of(
            SymbolSource.SYMTAB,
            SymbolSource.DYNSYM,
            SymbolSource.MINI_DEBUG_INFO,
            SymbolSource.PCLNTAB,
            SymbolSource.PLT);

    private final List<SymbolTable> tables;
    private final List<Turn> turns = new ArrayList<>();

    private SymbolPrecedence(List<SymbolTable> tables) {
        this.tables = List.copyOf(tables);
        this.tables.forEach(table -> turns.add(new Turn(table, Extent.EXACT)));
        this.tables.stream()
                .filter(SymbolTable::hasApproximate)
                .forEach(table -> turns.add(new Turn(table, Extent.APPROXIMATE)));
    }

    /// @param files the best one first
    public static SymbolPrecedence of(List<FileSymbols> files) {
        return ofTables(files.stream().flatMap(file -> file.tables().stream()).toList());
    }

    /// @param tables in the order of [FileSymbols#tables]
    public static SymbolPrecedence ofTables(List<SymbolTable> tables) {
        return new SymbolPrecedence(tables);
    }

    /// Returns true if the sources that were read before make this one superfluous.
    ///
    /// @param before the sources of the file that name any code
    static boolean isCovered(SymbolSource source, Set<SymbolSource> before) {
        return (source == SymbolSource.DYNSYM || source == SymbolSource.MINI_DEBUG_INFO)
                && before.contains(SymbolSource.SYMTAB);
    }

    /// The symbols of a table that count.
    public enum Extent {
        /// Those that have a size.
        EXACT,
        /// Those without.
        APPROXIMATE
    }

    /// A table, and which of its symbols count at this point of the order.
    public record Turn(SymbolTable table, Extent extent) {

        /// Returns the index of the symbol that holds an ELF address, or [SymbolTable#NONE]. Allocates
        /// nothing.
        int indexOf(long elfAddress) {
            return switch (extent) {
                case EXACT -> table.exactIndexOf(elfAddress);
                // If a symbol with a size holds the address, it has been found before.
                case APPROXIMATE -> table.indexOf(elfAddress);
            };
        }
    }

    /// Returns the order in which symbols are tried for code that debug information does not name.
    public List<Turn> turns() {
        return List.copyOf(turns);
    }

    /// Returns the symbol that names the code at an address if debug information does not name it.
    public Optional<Symbol> find(ElfAddress address) {
        for (Turn turn : turns) {
            int index = turn.indexOf(address.value());
            if (index != SymbolTable.NONE) {
                return Optional.of(turn.table.get(index));
            }
        }
        return Optional.empty();
    }

    /// Returns all tables, best first.
    List<SymbolTable> tables() {
        return tables;
    }
}
