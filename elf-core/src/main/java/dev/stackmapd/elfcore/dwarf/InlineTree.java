package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import dev.stackmapd.elfcore.elf.CodeRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The inlined calls of one function: the innermost one at an address, the parent into which each is
/// inlined, and the place of the call. It has arrays instead of objects. Immutable once read, and
/// thread-safe.
final class InlineTree {
    private static final String SOURCE = "inlined calls";
    /// Heap of a range of the function itself.
    private static final int CODE_BYTES = 48;
    /// Ranges of one function that are kept. With a section for each basic block, functions have some
    /// thousand.
    private static final int MAX_CODE = 1 << 16;
    /// The weight of a tree without calls, counted as calls.
    private static final int TREE_WEIGHT = 8;

    /// The function itself.
    static final int FUNCTION = 0;

    private final long function;
    private long[] dies = new long[8];
    private int[] parents = new int[8];
    private int[] callFiles = new int[8];
    private int[] callLines = new int[8];
    private int[] callColumns = new int[8];
    private int[] discriminators = new int[8];
    private long[] entryPoints = new long[8];
    private final List<CodeRange> code = new ArrayList<>();
    private int nodes;
    private RangeIndex ranges = RangeIndex.EMPTY;

    private InlineTree(long function) {
        this.function = function;
    }

    /// Reads the DIE of a function and its descendants. Calls before a damaged position are kept; if
    /// they exceed the budget, only the function itself is.
    static InlineTree read(Unit unit, long function, ReadBudget budget, Skips skips) {
        long heldBefore = budget.bytes();
        long stepsBefore = budget.steps();
        try {
            return gather(unit, function, budget, skips);
        } catch (OverLimitException e) {
            skips.add(SkippedPart.Scope.INLINED_CALLS, e);
            budget.waste(stepsBefore);
            return withoutCalls(function);
        } finally {
            budget.giveBack(budget.bytes() - heldBefore);
        }
    }

    private static InlineTree gather(Unit unit, long function, ReadBudget budget, Skips skips)
            throws OverLimitException {
        InlineTree tree = new InlineTree(function);
        CallCollector collector = new CallCollector(tree, unit, budget);
        try {
            new DieWalk(unit, budget, collector).run(function);
        } catch (OverLimitException e) {
            throw e;
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Scope.INLINED_CALLS, e);
        }
        if (tree.nodes == 0) {
            return withoutCalls(function);
        }
        tree.ranges = collector.ranges.build();
        return tree;
    }

    private static InlineTree withoutCalls(long function) {
        InlineTree tree = new InlineTree(function);
        tree.dies[0] = function;
        tree.parents[0] = FUNCTION;
        tree.nodes = 1;
        return tree;
    }

    /// Returns the innermost call at an address, or [#FUNCTION].
    int innermost(long address) {
        int found = ranges.find(address);
        return found == RangeIndex.NONE ? FUNCTION : (int) ranges.payload(found);
    }

    /// Returns the node into which a call is inlined.
    int parent(int node) {
        return parents[node];
    }

    /// Returns the offset of the node's DIE.
    long die(int node) {
        return dies[node];
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

    /// Returns the entry point of a node, see [EntryPoint]; 0 if the node has no code.
    long entryPoint(int node) {
        return entryPoints[node];
    }

    /// Returns the code of the function itself, in the order of its list.
    List<CodeRange> code() {
        return Collections.unmodifiableList(code);
    }

    /// Returns the number of ranges and calls that the tree keeps in memory.
    int weight() {
        return TREE_WEIGHT + nodes + ranges.size() + code.size();
    }

    private int addNode(long die, int parent, ReadBudget budget) throws OverLimitException {
        if (nodes == dies.length) {
            grow(nodes * 2, budget);
        }
        dies[nodes] = die;
        parents[nodes] = parent;
        return nodes++;
    }

    private void grow(int size, ReadBudget budget) throws OverLimitException {
        dies = budget.grow(dies, size, SOURCE);
        parents = budget.grow(parents, size, SOURCE);
        callFiles = budget.grow(callFiles, size, SOURCE);
        callLines = budget.grow(callLines, size, SOURCE);
        callColumns = budget.grow(callColumns, size, SOURCE);
        discriminators = budget.grow(discriminators, size, SOURCE);
        entryPoints = budget.grow(entryPoints, size, SOURCE);
    }

    private static final class CallCollector implements DieWalk.DieVisitor {
        private final InlineTree tree;
        private final EntryPoint functionCode;
        private final EntryPoint callCode;
        private final RangeIndex.Builder ranges;
        private final ReadBudget budget;
        private int node;

        CallCollector(InlineTree tree, Unit unit, ReadBudget budget) {
            this.tree = tree;
            this.functionCode = new EntryPoint(unit, budget, this::addToFunction);
            this.callCode = new EntryPoint(unit, budget, this::addToCall);
            this.ranges = new RangeIndex.Builder(budget, SOURCE);
            this.budget = budget;
        }

        @Override
        public DieWalk.Selection selection() {
            return DieWalk.Selection.SUBPROGRAMS_AND_INLINED;
        }

        /// Adds the function itself. A function nested in it has a tree of its own.
        @Override
        public int subprogram(int owner, long offset, DieValues values) throws MalformedBinaryException {
            if (offset != tree.function) {
                return DieWalk.NONE;
            }
            node = tree.addNode(offset, FUNCTION, budget);
            tree.entryPoints[node] = functionCode.read(values);
            return node;
        }

        @Override
        public int inlined(int owner, long offset, DieValues values) throws MalformedBinaryException {
            if (owner == DieWalk.NONE) {
                return DieWalk.NONE;
            }
            node = tree.addNode(offset, owner, budget);
            tree.callFiles[node] = values.count(Slot.CALL_FILE);
            tree.callLines[node] = values.count(Slot.CALL_LINE);
            tree.callColumns[node] = values.count(Slot.CALL_COLUMN);
            tree.discriminators[node] = values.count(Slot.DISCRIMINATOR);
            tree.entryPoints[node] = callCode.read(values);
            return node;
        }

        private void addToFunction(long low, long high) throws MalformedBinaryException {
            if (tree.code.size() == MAX_CODE) {
                throw new OverLimitException(SOURCE, tree.dies[node], "more than " + MAX_CODE + " ranges");
            }
            budget.take(CODE_BYTES, SOURCE);
            if (tree.code.isEmpty()) {
                // The entry point if the rest of the list is damaged.
                tree.entryPoints[node] = low;
            }
            tree.code.add(new CodeRange(low, high));
        }

        private void addToCall(long low, long high) throws MalformedBinaryException {
            ranges.add(low, high, node);
        }
    }
}
