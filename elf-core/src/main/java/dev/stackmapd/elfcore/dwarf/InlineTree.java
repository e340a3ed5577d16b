package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import dev.stackmapd.elfcore.elf.CodeRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// The inlined calls of one function: which is innermost at an address, what each is inlined into, and where it is
/// called. Arrays instead of objects; immutable once read, and thread-safe.
final class InlineTree {
    /// The function itself.
    static final int FUNCTION = 0;

    private final long function;
    private final RangeIndex.Builder building = new RangeIndex.Builder();
    private long[] entries = new long[8];
    private int[] parents = new int[8];
    private int[] callFiles = new int[8];
    private int[] callLines = new int[8];
    private int[] callColumns = new int[8];
    private int[] discriminators = new int[8];
    private long[] entryPoints = new long[8];
    private final List<CodeRange> code = new ArrayList<>();
    private int nodes;
    private RangeIndex ranges = building.build();

    private InlineTree(long function) {
        this.function = function;
    }

    /// Reads the entry of a function and all inside it. What was found before a damage is kept.
    static InlineTree read(Unit unit, long function, WorkBudget budget, Skips skips) {
        InlineTree tree = new InlineTree(function);
        try {
            new EntryWalk(unit, budget, new Collector(tree, unit, budget)).run(function);
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Part.INLINED_CALLS, e);
        }
        if (tree.nodes == 0) {
            tree.addNode(function, FUNCTION);
        }
        tree.ranges = tree.building.build();
        return tree;
    }

    /// The innermost call at an address, or [#FUNCTION].
    int innermost(long address) {
        int found = ranges.find(address);
        return found == RangeIndex.NONE ? FUNCTION : (int) ranges.payload(found);
    }

    /// What a call is inlined into.
    int parent(int node) {
        return parents[node];
    }

    /// The offset of its entry.
    long entry(int node) {
        return entries[node];
    }

    int callFile(int node) {
        return callFiles[node];
    }

    int callLine(int node) {
        return callLines[node];
    }

    int callColumn(int node) {
        return callColumns[node];
    }

    int discriminator(int node) {
        return discriminators[node];
    }

    /// Where the code of a node is entered, as [EntryPoint] has it; 0 if it has no code.
    long entryPoint(int node) {
        return entryPoints[node];
    }

    /// The code of the function itself, in the order of its list.
    List<CodeRange> code() {
        return Collections.unmodifiableList(code);
    }

    /// Rows, ranges and calls that it keeps in memory.
    int weight() {
        return nodes + ranges.size() + code.size();
    }

    private int addNode(long entry, int parent) {
        if (nodes == entries.length) {
            grow(nodes * 2);
        }
        entries[nodes] = entry;
        parents[nodes] = parent;
        return nodes++;
    }

    private void grow(int size) {
        entries = Arrays.copyOf(entries, size);
        parents = Arrays.copyOf(parents, size);
        callFiles = Arrays.copyOf(callFiles, size);
        callLines = Arrays.copyOf(callLines, size);
        callColumns = Arrays.copyOf(callColumns, size);
        discriminators = Arrays.copyOf(discriminators, size);
        entryPoints = Arrays.copyOf(entryPoints, size);
    }

    private static final class Collector implements EntryWalk.Sink {
        private final InlineTree tree;
        private final EntryPoint functionCode;
        private final EntryPoint callCode;
        private final int limit;
        private int node;

        Collector(InlineTree tree, Unit unit, WorkBudget budget) {
            this.tree = tree;
            this.functionCode = new EntryPoint(unit, budget, this::addToFunction);
            this.callCode = new EntryPoint(unit, budget, this::addToCall);
            this.limit = unit.object().limits().maxRanges();
        }

        @Override
        public EntryWalk.Wanted wanted() {
            return EntryWalk.Wanted.SUBPROGRAMS_AND_INLINED;
        }

        /// A function inside this one has a tree of its own.
        @Override
        public int subprogram(int owner, long offset, EntryValues values) throws MalformedBinaryException {
            if (offset != tree.function) {
                return EntryWalk.NOBODY;
            }
            node = tree.addNode(offset, FUNCTION);
            tree.entryPoints[node] = functionCode.read(values);
            return node;
        }

        @Override
        public int inlined(int owner, long offset, EntryValues values) throws MalformedBinaryException {
            if (owner == EntryWalk.NOBODY) {
                return EntryWalk.NOBODY;
            }
            node = tree.addNode(offset, owner);
            tree.callFiles[node] = values.count(Slot.CALL_FILE);
            tree.callLines[node] = values.count(Slot.CALL_LINE);
            tree.callColumns[node] = values.count(Slot.CALL_COLUMN);
            tree.discriminators[node] = values.count(Slot.DISCRIMINATOR);
            tree.entryPoints[node] = callCode.read(values);
            return node;
        }

        private void addToFunction(long low, long high) throws MalformedBinaryException {
            requireRoom();
            if (tree.code.isEmpty()) {
                // What counts if the rest of the list is damaged.
                tree.entryPoints[node] = low;
            }
            tree.code.add(new CodeRange(low, high));
        }

        private void addToCall(long low, long high) throws MalformedBinaryException {
            requireRoom();
            tree.building.add(low, high, node);
        }

        private void requireRoom() throws MalformedBinaryException {
            if (tree.building.size() + tree.code.size() >= limit) {
                throw new OverLimitException("inlined calls", tree.entries[node], "more than " + limit + " ranges");
            }
        }
    }
}
