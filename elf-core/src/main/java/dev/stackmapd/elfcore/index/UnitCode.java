package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.elf.CodeRange;
import java.util.ArrayList;
import java.util.List;

/// The data of one unit during a walk, as arrays: the tree of functions and inlined calls (nodes), their
/// ranges, and the line rows. Reused from unit to unit; not thread-safe.
final class UnitCode {
    static final int ROOT = -1;

    private final BuildMemory memory;
    final RangeList unitRanges;
    final RangeList functionRanges;
    final RangeList nodeRanges;
    final RangeList sequences;

    long[] keys = new long[64];
    int[] parents = new int[64];
    int[] callFiles = new int[64];
    int[] callLines = new int[64];
    int[] callColumns = new int[64];
    int[] depths = new int[64];
    /// The function node that contains each node.
    int[] functions = new int[64];
    /// For function nodes: the code bytes of the node itself, its entry point, and the position of its
    /// ranges in [#functionRanges].
    long[] sizes = new long[64];
    long[] entries = new long[64];
    int[] firstRanges = new int[64];
    int[] rangeCounts = new int[64];
    int nodes;

    long[] addresses = new long[256];
    int[] files = new int[256];
    int[] lines = new int[256];
    int[] columns = new int[256];
    int rows;
    /// For each sequence its first row, and the row that only ends it.
    int[] firstRows = new int[16];
    int[] endRows = new int[16];
    private int sequenceStart;

    UnitCode(BuildMemory memory) {
        this.memory = memory;
        this.unitRanges = new RangeList(memory);
        this.functionRanges = new RangeList(memory);
        this.nodeRanges = new RangeList(memory);
        this.sequences = new RangeList(memory);
    }

    void clear() {
        unitRanges.clear();
        functionRanges.clear();
        nodeRanges.clear();
        sequences.clear();
        nodes = 0;
        rows = 0;
        sequenceStart = 0;
    }

    int addNode(int parent, long key, int callFile, int callLine, int callColumn) {
        if (nodes == keys.length) {
            growNodes(BuildMemory.larger(nodes));
        }
        keys[nodes] = key;
        parents[nodes] = parent;
        callFiles[nodes] = callFile;
        callLines[nodes] = callLine;
        callColumns[nodes] = callColumn;
        depths[nodes] = parent == ROOT ? 0 : depths[parent] + 1;
        functions[nodes] = parent == ROOT ? nodes : functions[parent];
        sizes[nodes] = 0;
        entries[nodes] = 0;
        firstRanges[nodes] = functionRanges.count();
        rangeCounts[nodes] = 0;
        return nodes++;
    }

    private void growNodes(int size) {
        keys = memory.grow(keys, size);
        parents = memory.grow(parents, size);
        callFiles = memory.grow(callFiles, size);
        callLines = memory.grow(callLines, size);
        callColumns = memory.grow(callColumns, size);
        depths = memory.grow(depths, size);
        functions = memory.grow(functions, size);
        sizes = memory.grow(sizes, size);
        entries = memory.grow(entries, size);
        firstRanges = memory.grow(firstRanges, size);
        rangeCounts = memory.grow(rangeCounts, size);
    }

    /// Adds a range of the node added last.
    void addRange(long low, long high) {
        int node = nodes - 1;
        nodeRanges.add(low, high, node);
        if (parents[node] == ROOT) {
            functionRanges.add(low, high, node);
            sizes[node] += high - low;
            entries[node] = rangeCounts[node]++ == 0 ? low : entries[node];
        }
    }

    /// Sets the entry point of the function added last. By default it is the start of its first range.
    void setEntry(long entry) {
        entries[nodes - 1] = entry;
    }

    /// Returns true unless the code of a function is one range that begins at its entry point.
    boolean isSplit(int function) {
        return rangeCounts[function] > 1
                || (rangeCounts[function] == 1 && functionRanges.low(firstRanges[function]) != entries[function]);
    }

    List<CodeRange> code(int function) {
        List<CodeRange> code = new ArrayList<>(rangeCounts[function]);
        for (int i = firstRanges[function]; i < firstRanges[function] + rangeCounts[function]; i++) {
            code.add(new CodeRange(functionRanges.low(i), functionRanges.high(i)));
        }
        return code;
    }

    void addRow(long address, int file, int line, int column) {
        if (rows == addresses.length) {
            int size = BuildMemory.larger(rows);
            addresses = memory.grow(addresses, size);
            files = memory.grow(files, size);
            lines = memory.grow(lines, size);
            columns = memory.grow(columns, size);
        }
        addresses[rows] = address;
        files[rows] = file;
        lines[rows] = line;
        columns[rows++] = column;
    }

    boolean samePlace(int row, int other) {
        return lines[row] == lines[other] && columns[row] == columns[other] && files[row] == files[other];
    }

    /// Ends the sequence of the rows since the last end. A sequence that is empty or runs backwards is
    /// dropped.
    void endSequence(long end) {
        if (rows > sequenceStart && Long.compareUnsigned(addresses[sequenceStart], end) < 0) {
            int sequence = sequences.count();
            if (sequence == firstRows.length) {
                firstRows = memory.grow(firstRows, BuildMemory.larger(sequence));
                endRows = memory.grow(endRows, BuildMemory.larger(sequence));
            }
            sequences.add(addresses[sequenceStart], end, sequence);
            firstRows[sequence] = sequenceStart;
            endRows[sequence] = rows;
            addRow(end, 0, 0, 0);
            sequenceStart = rows;
        }
        rows = sequenceStart;
    }

    /// Returns the last row of a sequence at or below an address, or else its first row.
    int rowAt(int sequence, long address) {
        int below = firstRows[sequence];
        int above = endRows[sequence];
        while (above - below > 1) {
            int middle = (below + above) >>> 1;
            if (Long.compareUnsigned(addresses[middle], address) <= 0) {
                below = middle;
            } else {
                above = middle;
            }
        }
        return below;
    }

    /// Drops rows whose sequence never ended.
    void endOfRows() {
        rows = sequenceStart;
    }
}
