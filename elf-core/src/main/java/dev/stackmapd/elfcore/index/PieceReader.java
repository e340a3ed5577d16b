package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.index.PieceRun.Piece;
/// Reads pieces and passes on their segments. Contexts get their numbers in the index in the order of
/// the first address that needs them; unused ones get none. Not thread-safe.

final class PieceReader implements PieceMerge.PieceConsumer {
    private final BuildMemory memory;
    private final ContextStore contexts;
    private final EntrySink sink;
    private final NumberReader numbers = new NumberReader();
    private int[] parents = new int[64];
    private int[] functions = new int[64];
    private int[] files = new int[64];
    private int[] lines = new int[64];
    private int[] columns = new int[64];
    private int[] stored = new int[64];
    private int[] climbed = new int[64];
    private int defined;

    PieceReader(BuildMemory memory, ContextStore contexts, EntrySink sink) {
        this.memory = memory;
        this.contexts = contexts;
        this.sink = sink;
    }

    @Override
    public void part(Piece piece, long from, long to) {
        numbers.over(piece.content());
        defined = 0;
        long at = piece.start();
        int steps = 0;
        while (!numbers.exhausted() && Long.compareUnsigned(at, to) < 0) {
            steps++;
            long length = numbers.next();
            if (length == Pieces.DEFINITION) {
                define();
            } else {
                segment(at, at + length, from, to);
                at += length;
            }
        }
        memory.spend(steps);
    }

    private void define() {
        if (defined == parents.length) {
            int size = BuildMemory.larger(defined);
            parents = memory.grow(parents, size);
            functions = memory.grow(functions, size);
            files = memory.grow(files, size);
            lines = memory.grow(lines, size);
            columns = memory.grow(columns, size);
            stored = memory.grow(stored, size);
        }
        parents[defined] = (int) numbers.next() - 1;
        functions[defined] = (int) numbers.next();
        files[defined] = (int) numbers.next();
        lines[defined] = (int) numbers.next();
        columns[defined] = (int) numbers.next();
        stored[defined++] = ContextStore.NO_FUNCTION;
    }

    private void segment(long start, long end, long from, long to) {
        int context = (int) numbers.next() - 1;
        int file = (int) numbers.next();
        int line = (int) numbers.next();
        int column = (int) numbers.next();
        long first = Long.compareUnsigned(start, from) < 0 ? from : start;
        long last = Long.compareUnsigned(end, to) > 0 ? to : end;
        if (Long.compareUnsigned(first, last) < 0) {
            sink.entry(first, last, context < 0 ? ContextStore.NO_FUNCTION : stored(context), file, line, column);
        }
    }

    private int stored(int context) {
        int count = 0;
        int at = context;
        for (; at >= 0 && stored[at] == ContextStore.NO_FUNCTION; at = parents[at]) {
            climbed = count == climbed.length ? memory.grow(climbed, BuildMemory.larger(count)) : climbed;
            climbed[count++] = at;
        }
        int parent = at < 0 ? ContextStore.NO_FUNCTION : stored[at];
        while (count > 0) {
            at = climbed[--count];
            parent = contexts.add(parent, functions[at], files[at], lines[at], columns[at]);
            stored[at] = parent;
        }
        return parent;
    }
}
