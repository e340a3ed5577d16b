package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// One unit of the linked file with the tables that look-ups need: its line rows, its functions, and the
/// inlined calls of one function at a time. Each is decoded on first use. Thread-safe: two threads may
/// decode the same table, and one of the two is kept.
final class CodeUnit {
    private final Unit unit;
    private final Unit dieUnit;
    private final Skips splitSkips;
    private final UnitCache cache;
    private volatile @Nullable Decoded<LineTable> lines;
    private volatile @Nullable Decoded<RangeIndex> outerFunctions;
    private volatile @Nullable Decoded<RangeIndex> functions;
    private final Map<Long, Decoded<InlineTree>> trees = new HashMap<>();

    /// @param dieUnit the unit that has the DIEs of functions: the split unit of a skeleton, else `unit`
    ///     itself
    private CodeUnit(Unit unit, Unit dieUnit, Skips splitSkips, UnitCache cache) {
        this.unit = unit;
        this.dieUnit = dieUnit;
        this.splitSkips = splitSkips;
        this.cache = cache;
    }

    /// Returns the unit with its split unit where it is a skeleton. If that is not found, the DIEs of
    /// the skeleton are used, and answers say that the split unit is missing.
    static CodeUnit of(Unit unit, SplitFiles split, UnitCache cache, ReadBudget budget) {
        Skips skips = new Skips();
        Unit dieUnit = unit;
        if (unit.isSkeleton()) {
            try {
                dieUnit = split.find(unit, budget);
            } catch (MalformedBinaryException e) {
                skips.add(SkippedPart.Scope.SPLIT_FILE, e);
            }
        }
        return new CodeUnit(unit, dieUnit, skips, cache);
    }

    Unit unit() {
        return unit;
    }

    /// Returns the unit that has the DIEs of functions: the split unit of a skeleton, else the unit
    /// itself.
    Unit dieUnit() {
        return dieUnit;
    }

    /// Returns true if a row of code for which no function was found may be that of a call inlined into
    /// it: the functions are missing because the split unit is, and the skeleton does not have those
    /// with inlined calls; or they are damaged.
    boolean mayHideCalls() {
        boolean lacksFunctions = unit.equals(dieUnit) && unit.isSkeleton() && !unit.hasChildDies();
        Decoded<RangeIndex> all = functions;
        return lacksFunctions || (all != null && !all.skips.list().isEmpty());
    }

    LineTable lines(ReadBudget budget, Skips skips) {
        Decoded<LineTable> known = lines;
        if (known == null) {
            Skips own = new Skips();
            LineTable read = LineTable.read(unit, budget, own);
            known = new Decoded<>(read, own);
            lines = known;
            cache.grown(this, read.weight());
        }
        skips.addAll(known.skips);
        return known.value;
    }

    /// Returns the offset of the DIE of the function that an address belongs to. Code of two functions
    /// does not overlap, so functions nested in other functions or in types are only read if no other
    /// one has the address.
    OptionalLong function(long address, ReadBudget budget, Skips skips) {
        skips.addAll(splitSkips);
        Decoded<RangeIndex> outer = outerFunctions;
        if (outer == null) {
            outer = readFunctions(DieWalk.Selection.OUTER_SUBPROGRAMS, budget);
            outerFunctions = outer;
        }
        int found = outer.value.find(address);
        if (found != RangeIndex.NONE) {
            skips.addAll(outer.skips);
            return OptionalLong.of(unfolded(outer.value, found, budget, skips));
        }
        Decoded<RangeIndex> all = functions;
        if (all == null) {
            all = readFunctions(DieWalk.Selection.SUBPROGRAMS, budget);
            functions = all;
        }
        skips.addAll(all.skips);
        found = all.value.find(address);
        return found == RangeIndex.NONE
                ? OptionalLong.empty()
                : OptionalLong.of(unfolded(all.value, found, budget, skips));
    }

    /// Returns the offset of the DIE of the function that the line rows describe, out of several
    /// functions with exactly the same code.
    private long unfolded(RangeIndex ranges, int found, ReadBudget budget, Skips skips) {
        int other = ranges.equalBefore(found);
        if (other == RangeIndex.NONE) {
            return ranges.payload(found);
        }
        LineTable rows = lines(budget, skips);
        int row = rows.find(ranges.low(found));
        int line = row == LineTable.NONE ? 0 : rows.line(row);
        NameReader names = new NameReader(budget);
        int best = found;
        int bestFit = fit(names, ranges.payload(found), line, skips);
        for (; other != RangeIndex.NONE; other = ranges.equalBefore(other)) {
            int fit = fit(names, ranges.payload(other), line, skips);
            if (fit >= bestFit) {
                best = other;
                bestFit = fit;
            }
        }
        return ranges.payload(best);
    }

    private int fit(NameReader names, long function, int line, Skips skips) {
        return FoldedFunctions.fit(names.read(dieUnit, function, skips).declarationLine(), line);
    }

    private Decoded<RangeIndex> readFunctions(DieWalk.Selection selection, ReadBudget budget) {
        Skips own = new Skips();
        RangeIndex read = FunctionTable.read(dieUnit, selection, budget, own);
        cache.grown(this, read.size());
        return new Decoded<>(read, own);
    }

    /// @param function the offset of its DIE
    InlineTree tree(long function, ReadBudget budget, Skips skips) {
        Decoded<InlineTree> known = knownTree(function).orElseGet(() -> readTree(function, budget));
        skips.addAll(known.skips);
        return known.value;
    }

    private Optional<Decoded<InlineTree>> knownTree(long function) {
        synchronized (trees) {
            return Optional.ofNullable(trees.get(function));
        }
    }

    private Decoded<InlineTree> readTree(long function, ReadBudget budget) {
        Skips own = new Skips();
        Decoded<InlineTree> read = new Decoded<>(InlineTree.read(dieUnit, function, budget, own), own);
        synchronized (trees) {
            trees.put(function, read);
        }
        cache.grown(this, read.value.weight());
        return read;
    }

    private record Decoded<T>(T value, Skips skips) {}
}
