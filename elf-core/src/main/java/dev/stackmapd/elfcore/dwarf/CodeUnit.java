package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One unit of the linked file with what look-ups need of it, each decoded when it is first asked for: its line
/// rows, its functions, the inlined calls of one function at a time. Thread-safe: two threads may decode the same
/// table, and one of the two is kept.
final class CodeUnit {
    private final Unit unit;
    private final Unit entries;
    private final Skips splitSkips;
    private final UnitCache cache;
    private volatile @Nullable Part<LineTable> lines;
    private volatile @Nullable Part<RangeIndex> functions;
    private final Map<Long, Part<InlineTree>> trees = new HashMap<>();

    /// @param entries the unit that has the functions: the split one of a skeleton, else the same
    private CodeUnit(Unit unit, Unit entries, Skips splitSkips, UnitCache cache) {
        this.unit = unit;
        this.entries = entries;
        this.splitSkips = splitSkips;
        this.cache = cache;
    }

    /// A skeleton whose other half is not found answers with its own entries and says so.
    static CodeUnit of(Unit unit, SplitFiles split, UnitCache cache, WorkBudget budget) {
        Skips skips = new Skips();
        Unit entries = unit;
        if (unit.isSkeleton()) {
            try {
                entries = split.find(unit, budget);
            } catch (MalformedBinaryException e) {
                skips.add(SkippedPart.Part.SPLIT_FILE, e);
            }
        }
        return new CodeUnit(unit, entries, skips, cache);
    }

    Unit unit() {
        return unit;
    }

    /// The unit that has the functions.
    Unit entries() {
        return entries;
    }

    LineTable lines(WorkBudget budget, Skips skips) {
        Part<LineTable> known = lines;
        if (known == null) {
            Skips own = new Skips();
            LineTable read = LineTable.read(unit, budget, own);
            known = new Part<>(read, own);
            lines = known;
            cache.grown(read.rows());
        }
        skips.addAll(known.skips);
        return known.value;
    }

    RangeIndex functions(WorkBudget budget, Skips skips) {
        skips.addAll(splitSkips);
        Part<RangeIndex> known = functions;
        if (known == null) {
            Skips own = new Skips();
            RangeIndex read = FunctionTable.read(entries, budget, own);
            known = new Part<>(read, own);
            functions = known;
            cache.grown(read.size());
        }
        skips.addAll(known.skips);
        return known.value;
    }

    /// @param function the offset of its entry
    InlineTree tree(long function, WorkBudget budget, Skips skips) {
        Part<InlineTree> known = knownTree(function).orElseGet(() -> readTree(function, budget));
        skips.addAll(known.skips);
        return known.value;
    }

    private Optional<Part<InlineTree>> knownTree(long function) {
        synchronized (trees) {
            return Optional.ofNullable(trees.get(function));
        }
    }

    private Part<InlineTree> readTree(long function, WorkBudget budget) {
        Skips own = new Skips();
        Part<InlineTree> read = new Part<>(InlineTree.read(entries, function, budget, own), own);
        synchronized (trees) {
            trees.put(function, read);
        }
        cache.grown(read.value.weight());
        return read;
    }

    private record Part<T>(T value, Skips skips) {}
}
