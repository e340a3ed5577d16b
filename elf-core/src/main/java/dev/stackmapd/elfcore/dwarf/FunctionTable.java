package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;

/// Which subprogram of one unit an address belongs to, by the offset of its entry. Immutable and thread-safe.
final class FunctionTable {
    private FunctionTable() {}

    /// Goes through a unit's entries. What was found before a damage is kept.
    static RangeIndex read(Unit unit, EntryWalk.Wanted wanted, WorkBudget budget, Skips skips) {
        Collector functions = new Collector(unit, wanted, budget);
        try {
            new EntryWalk(unit, budget, functions).run(unit.header().firstEntry());
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Part.FUNCTIONS, e);
        }
        return functions.ranges.build();
    }

    private static final class Collector implements EntryWalk.Sink {
        private final EntryWalk.Wanted wanted;
        private final RangeReader reader;
        private final RangeIndex.Builder ranges = new RangeIndex.Builder();
        private final int limit;

        Collector(Unit unit, EntryWalk.Wanted wanted, WorkBudget budget) {
            this.wanted = wanted;
            this.reader = new RangeReader(unit, budget);
            this.limit = unit.object().limits().maxRanges();
        }

        @Override
        public EntryWalk.Wanted wanted() {
            return wanted;
        }

        @Override
        public int subprogram(int owner, long offset, EntryValues values) throws MalformedBinaryException {
            reader.read(values, (low, high) -> add(low, high, offset));
            return EntryWalk.NOBODY;
        }

        @Override
        public int inlined(int owner, long offset, EntryValues values) {
            return EntryWalk.NOBODY;
        }

        private void add(long low, long high, long offset) throws MalformedBinaryException {
            if (ranges.size() == limit) {
                throw new OverLimitException("functions", offset, "more than " + limit + " ranges");
            }
            ranges.add(low, high, offset);
        }
    }
}
