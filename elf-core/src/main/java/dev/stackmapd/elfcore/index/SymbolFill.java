package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.symbols.Symbol;
import dev.stackmapd.elfcore.symbols.SymbolPrecedence.Extent;
import dev.stackmapd.elfcore.symbols.SymbolPrecedence.Turn;
import dev.stackmapd.elfcore.symbols.SymbolTable;

/// Names code that has no function so far, from a symbol table: by its symbols that have a size, or by
/// those whose end is not known. Not thread-safe.
final class SymbolFill implements EntrySink {
    private final SymbolTable symbols;
    private final StringPool strings;
    private final FunctionPool functions;
    private final ContextStore contexts;
    private final EntrySink next;
    private final Cuts owners;
    private int at;
    private long reached;
    private int lastSymbol = SymbolTable.NONE;
    private int lastContext;

    SymbolFill(
            BuildMemory memory,
            Turn turn,
            StringPool strings,
            FunctionPool functions,
            ContextStore contexts,
            EntrySink next) {
        this.owners = new Cuts(memory);
        this.symbols = turn.table();
        this.strings = strings;
        this.functions = functions;
        this.contexts = contexts;
        this.next = next;
        symbols.forEachRange(
                (start, index) -> owners.put(start, counts(index, turn.extent()) ? index : SymbolTable.NONE));
    }

    private boolean counts(int index, Extent extent) {
        return index != SymbolTable.NONE && (symbols.get(index).approximate() == (extent == Extent.APPROXIMATE));
    }

    @Override
    public void entry(long start, long end, int context, int file, int line, int column) {
        fill(reached, start, FilePool.NONE, 0, 0);
        if (context == ContextStore.NO_FUNCTION) {
            fill(start, end, file, line, column);
        } else {
            next.entry(start, end, context, file, line, column);
        }
        reached = end;
    }

    @Override
    public void end() {
        fill(reached, -1, FilePool.NONE, 0, 0);
        next.end();
    }

    /// Passes on `[from, to)` with the symbols in it. A part without symbol is passed on only if it has
    /// a file.
    private void fill(long from, long to, int file, int line, int column) {
        long start = from;
        while (Long.compareUnsigned(start, to) < 0) {
            while (at < owners.count() && Long.compareUnsigned(owners.start(at), start) <= 0) {
                at++;
            }
            int symbol = at == 0 ? SymbolTable.NONE : owners.owner(at - 1);
            long end = at < owners.count() && Long.compareUnsigned(owners.start(at), to) < 0 ? owners.start(at) : to;
            if (symbol != SymbolTable.NONE) {
                next.entry(start, end, contextOf(symbol), file, line, column);
            } else if (file != FilePool.NONE) {
                next.entry(start, end, ContextStore.NO_FUNCTION, file, line, column);
            }
            start = end;
        }
    }

    private int contextOf(int index) {
        if (index != lastSymbol) {
            Symbol symbol = symbols.get(index);
            int name = strings.idOf(symbol.name());
            byte kind = IndexFormat.kind(symbols.source(), SourceLanguage.UNKNOWN);
            if (symbol.approximate()) {
                kind = IndexFormat.approximate(kind);
            }
            int function = functions.idOf(name, name, 0, kind, symbol.start().value(), symbol.size());
            lastSymbol = index;
            lastContext = contexts.add(ContextStore.NO_FUNCTION, function, FilePool.NONE, 0, 0);
        }
        return lastContext;
    }
}
