package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.dwarf.FoldedFunctions;
import java.util.Arrays;

/// Decides, for all addresses of a unit at once, which function or inlined call and which line row each
/// belongs to, by the same rules as [dev.stackmapd.elfcore.dwarf.DwarfFile#lookup] for one address.
/// Reused from unit to unit; not thread-safe.
final class UnitResolver {
    private final BuildMemory memory;
    private final Cuts unitCuts;
    private final Cuts functionCuts;
    private final Cuts nodeCuts;
    private final Cuts codeCuts;
    private final Cuts sequenceCuts;
    private final Cuts rowCuts;
    private final RangeList regrouped;
    private int[] cutsFrom = new int[64];
    private int[] cutsTo = new int[64];

    UnitResolver(BuildMemory memory) {
        this.memory = memory;
        this.unitCuts = new Cuts(memory);
        this.functionCuts = new Cuts(memory);
        this.nodeCuts = new Cuts(memory);
        this.codeCuts = new Cuts(memory);
        this.sequenceCuts = new Cuts(memory);
        this.rowCuts = new Cuts(memory);
        this.regrouped = new RangeList(memory);
    }

    /// Receives segments of a unit, ascending and without overlap.
    interface SegmentConsumer {
        /// @param node of the unit, or [Cuts#NONE]
        /// @param row of the unit, or [Cuts#NONE]; not both
        void segment(long start, long end, int node, int row);

        /// Returns the line that declares the function of a node, 0 where it is not known.
        int declarationLine(int node);
    }

    void resolve(UnitCode unit, SegmentConsumer consumer) {
        unitCuts.clear();
        unit.unitRanges.cut(0, unit.unitRanges.count(), unitCuts, RangeList.Ties.LATER);
        cutRows(unit);
        cutCode(unit, consumer);
        intersect(consumer);
    }

    private void cutCode(UnitCode unit, SegmentConsumer consumer) {
        functionCuts.clear();
        unit.functionRanges.cut(
                0,
                unit.functionRanges.count(),
                functionCuts,
                (range, later) -> isFoldedInto(unit, range, later, consumer));
        cutFunctions(unit);
        codeCuts.clear();
        for (int i = 0; i < functionCuts.count(); i++) {
            int function = functionCuts.owner(i);
            if (function == Cuts.NONE) {
                codeCuts.put(functionCuts.start(i), Cuts.NONE);
            } else {
                // An owner's cut is never the last.
                copyCuts(function, functionCuts.start(i), functionCuts.start(i + 1));
            }
        }
    }

    /// Returns true if a linker folded two functions into one, and the lines there fit the first one.
    private boolean isFoldedInto(UnitCode unit, int range, int later, SegmentConsumer consumer) {
        RangeList ranges = unit.functionRanges;
        if (ranges.high(range) != ranges.high(later)) {
            return false;
        }
        int line = firstLine(unit, ranges.low(range));
        return FoldedFunctions.fit(consumer.declarationLine(ranges.owner(range)), line)
                >= FoldedFunctions.fit(consumer.declarationLine(ranges.owner(later)), line);
    }

    private int firstLine(UnitCode unit, long address) {
        int cut = rowCuts.lastAtOrBelow(address, 0, rowCuts.count());
        return cut < 0 || rowCuts.owner(cut) == Cuts.NONE ? 0 : unit.lines[rowCuts.owner(cut)];
    }

    /// Cuts the calls of each function apart from those of the others.
    private void cutFunctions(UnitCode unit) {
        if (cutsFrom.length < unit.nodes) {
            cutsFrom = memory.grow(cutsFrom, Math.max(unit.nodes, BuildMemory.larger(cutsFrom.length)));
            cutsTo = memory.grow(cutsTo, cutsFrom.length);
        }
        RangeList ranges = byFunction(unit);
        nodeCuts.clear();
        for (int from = 0; from < ranges.count(); ) {
            int function = unit.functions[ranges.owner(from)];
            int to = from + 1;
            while (to < ranges.count() && unit.functions[ranges.owner(to)] == function) {
                to++;
            }
            cutsFrom[function] = nodeCuts.begin();
            ranges.cut(from, to, nodeCuts, RangeList.Ties.LATER);
            cutsTo[function] = nodeCuts.count();
            from = to;
        }
    }

    /// Returns the ranges, grouped by function. They already are unless functions are nested.
    private RangeList byFunction(UnitCode unit) {
        RangeList ranges = unit.nodeRanges;
        int last = 0;
        boolean grouped = true;
        for (int i = 0; i < ranges.count() && grouped; i++) {
            grouped = unit.functions[ranges.owner(i)] >= last;
            last = unit.functions[ranges.owner(i)];
        }
        return grouped ? ranges : regroup(unit);
    }

    private RangeList regroup(UnitCode unit) {
        RangeList ranges = unit.nodeRanges;
        int[] next = memory.ints(unit.nodes + 1);
        for (int i = 0; i < ranges.count(); i++) {
            next[unit.functions[ranges.owner(i)] + 1]++;
        }
        Arrays.parallelPrefix(next, Integer::sum);
        int[] order = memory.ints(ranges.count());
        for (int i = 0; i < ranges.count(); i++) {
            order[next[unit.functions[ranges.owner(i)]]++] = i;
        }
        regrouped.clear();
        for (int i : order) {
            regrouped.add(ranges.low(i), ranges.high(i), ranges.owner(i));
        }
        memory.giveBack((long) Integer.BYTES * (next.length + order.length));
        return regrouped;
    }

    private void copyCuts(int function, long start, long end) {
        int to = cutsTo[function];
        int at = nodeCuts.lastAtOrBelow(start, cutsFrom[function], to);
        codeCuts.put(start, nodeCuts.owner(at));
        for (int i = at + 1; i < to && Long.compareUnsigned(nodeCuts.start(i), end) < 0; i++) {
            codeCuts.put(nodeCuts.start(i), nodeCuts.owner(i));
        }
    }

    private void cutRows(UnitCode unit) {
        sequenceCuts.clear();
        RangeList sequences = unit.sequences;
        sequences.cut(
                0,
                sequences.count(),
                sequenceCuts,
                (range, later) -> Long.compareUnsigned(sequences.high(later), sequences.high(range)) <= 0);
        rowCuts.clear();
        for (int i = 0; i < sequenceCuts.count(); i++) {
            int sequence = sequenceCuts.owner(i);
            if (sequence == Cuts.NONE) {
                rowCuts.put(sequenceCuts.start(i), Cuts.NONE);
            } else {
                copyRows(unit, sequence, sequenceCuts.start(i), sequenceCuts.start(i + 1));
            }
        }
    }

    /// Copies the rows of a sequence that are valid in `[start, end)`, which must lie in the sequence. A
    /// row with a lower address than the one before is skipped.
    private void copyRows(UnitCode unit, int sequence, long start, long end) {
        int current = unit.rowAt(sequence, start);
        rowCuts.put(start, current);
        long last = start;
        for (int row = current + 1; row < unit.endRows[sequence]; row++) {
            long address = unit.addresses[row];
            if (Long.compareUnsigned(address, end) >= 0) {
                return;
            }
            boolean ahead = Long.compareUnsigned(address, last) >= 0;
            if (ahead && (address == last || !unit.samePlace(row, current))) {
                rowCuts.put(address, row);
                current = row;
                last = address;
            }
        }
    }

    /// Iterates over the cuts of functions, rows and unit ranges at once. A row without a function
    /// counts only where the unit claims the code.
    private void intersect(SegmentConsumer consumer) {
        Walker claims = new Walker(unitCuts);
        Walker code = new Walker(codeCuts);
        Walker rows = new Walker(rowCuts);
        long from = 0;
        while (claims.more() || code.more() || rows.more()) {
            long at = claims.least(code.least(rows.least(-1)));
            boolean known = code.owner != Cuts.NONE || (rows.owner != Cuts.NONE && claims.owner != Cuts.NONE);
            if (known && from != at) {
                consumer.segment(from, at, code.owner, rows.owner);
            }
            claims.stepTo(at);
            code.stepTo(at);
            rows.stepTo(at);
            from = at;
        }
    }

    /// A position between two cuts.
    private static final class Walker {
        private final Cuts cuts;
        private int next;
        private int owner = Cuts.NONE;

        Walker(Cuts cuts) {
            this.cuts = cuts;
        }

        boolean more() {
            return next < cuts.count();
        }

        /// Returns the smaller of an address and the next cut.
        long least(long address) {
            return more() && Long.compareUnsigned(cuts.start(next), address) < 0 ? cuts.start(next) : address;
        }

        /// Advances over a cut at this address.
        void stepTo(long address) {
            if (more() && cuts.start(next) == address) {
                owner = cuts.owner(next++);
            }
        }
    }
}
