package dev.stackmapd.elfcore.symbols;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Every function name that one file has: `.symtab`, or where that names no code `.dynsym` and MiniDebugInfo;
/// where none of them covers an address, the table of a Go program, and at last the stubs of the procedure
/// linkage table. A symbol without a size answers only where none of the others does.
///
/// A damaged source disables only itself: the others still answer, and [#skipped] says what is missing. Holds
/// nothing of the file; immutable, thread-safe.
public final class FileSymbols {
    private final List<SymbolTable> tables;
    private final List<SkippedSource> skipped;

    private FileSymbols(List<SymbolTable> tables, List<SkippedSource> skipped) {
        this.tables = List.copyOf(tables);
        this.skipped = List.copyOf(skipped);
    }

    /// A source that could not be read, and why.
    public record SkippedSource(Symbol.Origin origin, String detail) {
        public SkippedSource {
            requireNonNull(origin, "origin");
            requireNonNull(detail, "detail");
        }
    }

    /// Reads all at once; the file may be closed afterwards.
    public static FileSymbols read(ElfFile file) {
        Sources sources = new Sources(file);
        if (!sources.add(Symbol.Origin.SYMTAB)) {
            sources.add(Symbol.Origin.DYNSYM);
            sources.add(Symbol.Origin.MINI);
        }
        sources.add(Symbol.Origin.PCLNTAB);
        sources.add(Symbol.Origin.PLT);
        return new FileSymbols(sources.tables, sources.skipped);
    }

    /// The first of the sources that has the address answers; one that knows the size of the function before one
    /// that does not.
    public Optional<Symbol> find(ElfAddress address) {
        return find(tables, address);
    }

    /// As [#find(ElfAddress)], in several files, the best one first.
    public static Optional<Symbol> find(List<SymbolTable> tables, ElfAddress address) {
        for (SymbolTable table : tables) {
            int index = table.exactIndexOf(address.value());
            if (index != SymbolTable.NONE) {
                return Optional.of(table.get(index));
            }
        }
        for (SymbolTable table : tables) {
            int index = table.hasApproximate() ? table.indexOf(address.value()) : SymbolTable.NONE;
            if (index != SymbolTable.NONE) {
                return Optional.of(table.get(index));
            }
        }
        return Optional.empty();
    }

    /// The sources that have any name, best first.
    public List<SymbolTable> tables() {
        return tables;
    }

    /// Sources that are damaged; empty where all that the file has was read.
    public List<SkippedSource> skipped() {
        return skipped;
    }

    /// Heap that all tables hold on to, bytes, to a few percent.
    public long heapBytes() {
        return tables.stream().mapToLong(SymbolTable::heapBytes).sum();
    }

    private static final class Sources {
        private final ElfFile file;
        private final List<SymbolTable> tables = new ArrayList<>();
        private final List<SkippedSource> skipped = new ArrayList<>();

        private Sources(ElfFile file) {
            this.file = file;
        }

        /// @return whether it has any name
        private boolean add(Symbol.Origin origin) {
            try {
                SymbolTable table = SymbolTable.read(file, origin);
                if (table.size() > 0) {
                    tables.add(table);
                }
                return table.size() > 0;
            } catch (MalformedBinaryException e) {
                skipped.add(new SkippedSource(origin, String.valueOf(e.getMessage())));
                return false;
            }
        }
    }
}
