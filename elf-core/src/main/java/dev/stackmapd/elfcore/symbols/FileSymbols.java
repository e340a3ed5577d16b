package dev.stackmapd.elfcore.symbols;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The function names of the symbol tables of one file, best table first, as [SymbolPrecedence] uses
/// them.
///
/// A damaged source is skipped: the others still answer, and [#skipped] returns it. It keeps no
/// reference to the file. Immutable, thread-safe.
public final class FileSymbols {
    private final List<SymbolTable> tables;
    private final List<SkippedSource> skipped;

    private FileSymbols(List<SymbolTable> tables, List<SkippedSource> skipped) {
        this.tables = List.copyOf(tables);
        this.skipped = List.copyOf(skipped);
    }

    /// A source that could not be read, and why.
    public record SkippedSource(SymbolSource source, String detail) {
        public SkippedSource {
            requireNonNull(source, "source");
            requireNonNull(detail, "detail");
        }
    }

    /// Reads all tables. The file may be closed afterwards.
    public static FileSymbols read(ElfFile file) {
        List<SymbolTable> tables = new ArrayList<>();
        List<SkippedSource> skipped = new ArrayList<>();
        Set<SymbolSource> read = EnumSet.noneOf(SymbolSource.class);
        for (SymbolSource source : SymbolPrecedence.IN_A_FILE) {
            if (SymbolPrecedence.isCovered(source, read)) {
                continue;
            }
            try {
                SymbolTable table = SymbolTable.read(file, source);
                if (table.size() > 0) {
                    tables.add(table);
                    read.add(source);
                }
            } catch (MalformedBinaryException e) {
                skipped.add(new SkippedSource(source, String.valueOf(e.getMessage())));
            }
        }
        return new FileSymbols(tables, skipped);
    }

    /// Returns the sources that have any name, best first.
    public List<SymbolTable> tables() {
        return tables;
    }

    /// Returns the sources that are damaged; empty where all sources of the file were read.
    public List<SkippedSource> skipped() {
        return skipped;
    }

    /// Returns the heap that all tables hold, in bytes, accurate to a few percent.
    public long heapBytes() {
        return tables.stream().mapToLong(SymbolTable::heapBytes).sum();
    }
}
