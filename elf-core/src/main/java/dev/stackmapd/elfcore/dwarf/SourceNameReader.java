package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Gathers the names in the headers of the line programs of all units, type units and split units
/// included. Keeps one unit and one header at a time. For one thread.
///
/// Units often share a header. It is read again for each directory in which they were compiled, since
/// relative names depend on it. Units without a directory, such as type units, come last, and count only
/// if no other unit shares their header.
final class SourceNameReader {
    /// Heap of an entry in a hash table, without its text.
    private static final int ENTRY_BYTES = 64;
    /// The steps that a name that cannot be read costs, because of the exception.
    private static final int DAMAGE_STEPS = 32;

    private final DwarfFiles files;
    private final SplitFiles split;
    private final DwarfObject main;
    private final ReadBudget budget;
    private final Skips skips = new Skips();
    private final Set<String> names = new HashSet<>();
    private final Map<Header, Set<String>> directories = new HashMap<>();
    private long bytesLeft;
    private int damaged;

    SourceNameReader(DwarfFiles files, SplitFiles split) {
        this.files = files;
        this.split = split;
        this.main = files.main();
        this.budget =
                new ReadBudget(main.limits().maxLookUpBytes(), main.limits().maxWalkWork());
        this.bytesLeft = main.limits().maxSourceNameBytes();
    }

    SourceNames read() {
        skips.addAll(main.units().skips());
        BitSet all = new BitSet();
        all.set(0, main.units().count() + typeUnits());
        BitSet later = addAll(all, unit -> !unit.hasDirectory());
        addAll(later, unit -> false);
        return new SourceNames(names, bytesLeft < 0, skips.list());
    }

    private int typeUnits() {
        try {
            skips.addAll(main.typeUnits().skips());
            return main.typeUnits().count();
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Scope.UNITS, e);
            return 0;
        }
    }

    /// Adds the names of units. Returns the units that were deferred.
    private BitSet addAll(BitSet numbers, Predicate<Unit> isDeferred) {
        BitSet later = new BitSet();
        for (int number = numbers.nextSetBit(0);
                number >= 0 && bytesLeft >= 0 && damaged < UnitOffsets.MAX_DAMAGED;
                number = numbers.nextSetBit(number + 1)) {
            try {
                Unit unit = unit(number);
                if (isDeferred.test(unit)) {
                    later.set(number);
                } else {
                    add(unit);
                }
            } catch (MalformedBinaryException e) {
                damaged++;
                skips.add(SkippedPart.Scope.UNIT, e);
            }
        }
        return later;
    }

    /// Returns a unit by its number. Units of `.debug_info` are numbered first, then those of
    /// `.debug_types`.
    private Unit unit(int number) throws MalformedBinaryException {
        int others = main.units().count();
        UnitHeader header =
                number < others ? main.header(main.units().start(number)) : main.typeHeader(number - others);
        budget.spend(1, main.info().source());
        return Unit.read(files, main, header, budget);
    }

    private void add(Unit unit) {
        addHeader(unit);
        if (unit.isSkeleton()) {
            addSplit(unit);
        }
    }

    private void addSplit(Unit skeleton) {
        try {
            Unit unit = split.find(skeleton, budget);
            addHeader(unit);
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Scope.SPLIT_FILE, e);
        }
    }

    private void addHeader(Unit unit) {
        try {
            if (unit.hasFiles() && isNew(unit)) {
                FileTable files = unit.lineHeader(budget).files();
                addFiles(files);
                files.release(budget);
            }
        } catch (MalformedBinaryException e) {
            skip(e);
        }
    }

    /// Returns true if the names of the unit's header, relative to its directory, have not been added
    /// yet.
    private boolean isNew(Unit unit) {
        Header header = new Header(unit.object(), unit.lineHeaderOffset());
        Set<String> known = directories.computeIfAbsent(header, any -> new HashSet<>());
        return (known.isEmpty() || unit.hasDirectory()) && keep(known, directory(unit));
    }

    /// Returns the directory of a unit. If it cannot be read, only names relative to it are lost.
    private String directory(Unit unit) {
        try {
            return unit.directory();
        } catch (MalformedBinaryException e) {
            skip(e);
            return "";
        }
    }

    private void addFiles(FileTable table) throws MalformedBinaryException {
        int first = table.firstFile();
        for (int number = first; number < first + table.files() && bytesLeft >= 0; number++) {
            int steps = DAMAGE_STEPS;
            try {
                String path = table.path(number);
                steps = 1 + (path.length() >> 3);
                keep(names, path);
            } catch (MalformedBinaryException e) {
                skip(e);
            }
            budget.spend(steps, "file names");
        }
    }

    private void skip(MalformedBinaryException why) {
        boolean isAlternate = why instanceof LackingPartException;
        skips.add(isAlternate ? SkippedPart.Scope.ALTERNATE_FILE : SkippedPart.Scope.LINES, why);
    }

    /// Adds text to a set while the limit allows. Returns true if it was added and not there before.
    private boolean keep(Set<String> into, String text) {
        if (into.contains(text)) {
            return false;
        }
        bytesLeft -= text.length() + ENTRY_BYTES;
        return bytesLeft >= 0 && into.add(text);
    }

    /// The header of a line program. Objects are compared by identity.
    private record Header(DwarfObject object, long offset) {}
}
