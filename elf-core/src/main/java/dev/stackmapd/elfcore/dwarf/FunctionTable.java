package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// Which subprogram of one unit an address belongs to, by the offset of its entry. Immutable and thread-safe.
final class FunctionTable {
    private FunctionTable() {}

    /// Goes through a unit's entries. What was found before a damage is kept; where it is more than the budget
    /// has memory or steps for, nothing is.
    static RangeIndex read(Unit unit, EntryWalk.Wanted wanted, ReadBudget budget, Skips skips) {
        long heldBefore = budget.bytes();
        long stepsBefore = budget.steps();
        try {
            return gather(unit, wanted, budget, skips);
        } catch (OverLimitException e) {
            skips.add(SkippedPart.Part.FUNCTIONS, e);
            budget.waste(stepsBefore);
            return RangeIndex.EMPTY;
        } finally {
            budget.giveBack(budget.bytes() - heldBefore);
        }
    }

    private static RangeIndex gather(Unit unit, EntryWalk.Wanted wanted, ReadBudget budget, Skips skips)
            throws OverLimitException {
        Collector functions = new Collector(unit, wanted, budget);
        try {
            new EntryWalk(unit, budget, functions).run(unit.header().firstEntry());
        } catch (OverLimitException e) {
            throw e;
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Part.FUNCTIONS, e);
        }
        return functions.ranges.build();
    }

    private static final class Collector implements EntryWalk.Sink {
        private final EntryWalk.Wanted wanted;
        private final RangeReader reader;
        private final RangeIndex.Builder ranges;

        Collector(Unit unit, EntryWalk.Wanted wanted, ReadBudget budget) {
            this.wanted = wanted;
            this.reader = new RangeReader(unit, budget);
            this.ranges = new RangeIndex.Builder(budget, unit.source());
        }

        @Override
        public EntryWalk.Wanted wanted() {
            return wanted;
        }

        @Override
        public int subprogram(int owner, long offset, EntryValues values) throws MalformedBinaryException {
            reader.read(values, (low, high) -> ranges.add(low, high, offset));
            return EntryWalk.NOBODY;
        }

        @Override
        public int inlined(int owner, long offset, EntryValues values) {
            return EntryWalk.NOBODY;
        }
    }
}
