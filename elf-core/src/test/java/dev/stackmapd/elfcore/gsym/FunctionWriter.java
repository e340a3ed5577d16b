package dev.stackmapd.elfcore.gsym;

import dev.stackmapd.elfcore.index.FrameCursor;
import dev.stackmapd.elfcore.index.SymbolIndex;

/// Gathers one contiguous range of code of one function and encodes it as a function info. It is reused;
/// not thread-safe.
final class FunctionWriter {
    private static final int LEAST_DELTA = -4;
    private static final int LARGEST_DELTA = 10;
    private static final int DELTAS = LARGEST_DELTA - LEAST_DELTA + 1;
    /// The file that a line table begins with.
    private static final int FIRST_FILE = 1;
    private static final int NO_FILE = 0;

    private final GsymTables tables;
    private final Bytes rows = new Bytes();
    private final Bytes content = new Bytes();
    private int function = SymbolIndex.NO_FUNCTION;
    private long start;
    private long end;
    private InlineNode root = new InlineNode(InlineNode.NO_CALL);
    private long rowAddress;
    private long rowFile;
    private long rowLine;
    private long firstLine;

    FunctionWriter(GsymTables tables) {
        this.tables = tables;
    }

    /// Returns true if the answer for code at `at` belongs to the function that is being gathered,
    /// directly after its code so far.
    boolean continues(FrameCursor answer, long at) {
        return function != SymbolIndex.NO_FUNCTION && end == at && answer.function(answer.frames() - 1) == function;
    }

    /// Returns true if anything has been gathered.
    boolean isOpen() {
        return function != SymbolIndex.NO_FUNCTION;
    }

    void begin(FrameCursor answer, long at) {
        function = answer.function(answer.frames() - 1);
        start = at;
        end = at;
        root = new InlineNode(InlineNode.NO_CALL);
        rows.clear();
    }

    void add(FrameCursor answer, long from, long to) {
        place(from, tables.file(answer.file(0)), Integer.toUnsignedLong(answer.line(0)));
        InlineNode node = root;
        node.add(from, to);
        for (int frame = answer.frames() - 2; frame >= 0; frame--) {
            node = node.child(new InlineNode.Call(
                    answer.function(frame), answer.file(frame + 1), answer.line(frame + 1), answer.column(frame + 1)));
            node.add(from, to);
        }
        end = to;
    }

    /// LLVM rejects rows without file. They become line 0 of the file before them, or of the first file
    /// if there is none before.
    private void place(long at, long file, long line) {
        if (file == NO_FILE) {
            if (rows.size() > 0) {
                addRow(at, rowFile, 0);
            }
            return;
        }
        if (rows.size() == 0) {
            rowAddress = start;
            rowFile = FIRST_FILE;
            firstLine = at == start ? line : 0;
            rowLine = firstLine;
            if (at != start) {
                addRow(start, file, 0);
            }
        }
        addRow(at, file, line);
    }

    private void addRow(long at, long file, long line) {
        if (rows.size() > 0 && file == rowFile && line == rowLine) {
            return;
        }
        if (file != rowFile) {
            rows.u8(Gsym.SET_FILE);
            rows.uleb128(file);
        }
        long lines = line - rowLine;
        long bytes = at - rowAddress;
        boolean special = lines >= LEAST_DELTA
                && lines <= LARGEST_DELTA
                && Long.compareUnsigned(bytes, (255 - Gsym.FIRST_SPECIAL - DELTAS) / DELTAS) <= 0;
        if (special) {
            rows.u8((int) (Gsym.FIRST_SPECIAL + lines - LEAST_DELTA + bytes * DELTAS));
        } else {
            if (lines != 0) {
                rows.u8(Gsym.ADVANCE_LINE);
                rows.sleb128(lines);
            }
            rows.u8(Gsym.ADVANCE_PC);
            rows.uleb128(bytes);
        }
        rowAddress = at;
        rowFile = file;
        rowLine = line;
    }

    /// Appends the encoding of the gathered function.
    void finish(Bytes into) {
        into.alignTo(Integer.BYTES);
        tables.addFunction(start, into.size());
        into.u32(end - start);
        into.u32(tables.function(function));
        if (rows.size() > 0) {
            content.clear();
            content.sleb128(LEAST_DELTA);
            content.sleb128(LARGEST_DELTA);
            content.uleb128(firstLine);
            content.bytes(rows.array(), rows.size());
            content.u8(Gsym.END_SEQUENCE);
            putInfo(Gsym.LINE_TABLE_INFO, content, into);
        }
        if (root.hasChildren()) {
            content.clear();
            putNode(root, start);
            putInfo(Gsym.INLINE_INFO, content, into);
        }
        into.u32(Gsym.END_OF_LIST);
        into.u32(0);
        function = SymbolIndex.NO_FUNCTION;
    }

    private static void putInfo(int type, Bytes content, Bytes into) {
        into.u32(type);
        into.u32(content.size());
        into.bytes(content.array(), content.size());
    }

    private void putNode(InlineNode node, long base) {
        content.uleb128(node.ranges().size());
        for (long[] range : node.ranges()) {
            content.uleb128(range[0] - base);
            content.uleb128(range[1] - range[0]);
        }
        boolean isRoot = node == root;
        content.u8(node.hasChildren() ? 1 : 0);
        content.u32(isRoot ? 0 : tables.function(node.call().function()));
        content.uleb128(isRoot ? 0 : tables.file(node.call().file()));
        content.uleb128(isRoot ? 0 : Integer.toUnsignedLong(node.call().line()));
        if (node.hasChildren()) {
            long first = node.ranges().getFirst()[0];
            node.children().forEach(child -> putNode(child, first));
            content.uleb128(0);
        }
    }
}
