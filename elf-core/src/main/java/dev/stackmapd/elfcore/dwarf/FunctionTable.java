package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// Reads the table of the subprograms of one unit: their ranges, with the offset of the DIE of each.
/// Immutable and thread-safe.
final class FunctionTable {
    private FunctionTable() {}

    /// Reads the subprograms of a unit. Those before a damaged position are kept; if they exceed the
    /// budget, none are.
    static RangeIndex read(Unit unit, DieWalk.Selection selection, ReadBudget budget, Skips skips) {
        long heldBefore = budget.bytes();
        long stepsBefore = budget.steps();
        try {
            return gather(unit, selection, budget, skips);
        } catch (OverLimitException e) {
            skips.add(SkippedPart.Scope.FUNCTIONS, e);
            budget.waste(stepsBefore);
            return RangeIndex.EMPTY;
        } finally {
            budget.giveBack(budget.bytes() - heldBefore);
        }
    }

    private static RangeIndex gather(Unit unit, DieWalk.Selection selection, ReadBudget budget, Skips skips)
            throws OverLimitException {
        FunctionCollector functions = new FunctionCollector(unit, selection, budget);
        try {
            new DieWalk(unit, budget, functions).run(unit.header().firstDie());
        } catch (OverLimitException e) {
            throw e;
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Scope.FUNCTIONS, e);
        }
        return functions.ranges.build();
    }

    private static final class FunctionCollector implements DieWalk.DieVisitor {
        private final DieWalk.Selection selection;
        private final RangeReader reader;
        private final RangeIndex.Builder ranges;

        FunctionCollector(Unit unit, DieWalk.Selection selection, ReadBudget budget) {
            this.selection = selection;
            this.reader = new RangeReader(unit, budget);
            this.ranges = new RangeIndex.Builder(budget, unit.source());
        }

        @Override
        public DieWalk.Selection selection() {
            return selection;
        }

        @Override
        public int subprogram(int owner, long offset, DieValues values) throws MalformedBinaryException {
            reader.read(values, (low, high) -> ranges.add(low, high, offset));
            return DieWalk.NONE;
        }

        @Override
        public int inlined(int owner, long offset, DieValues values) {
            return DieWalk.NONE;
        }
    }
}
