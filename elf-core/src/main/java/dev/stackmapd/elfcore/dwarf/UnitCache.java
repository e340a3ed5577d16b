package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Units and their decoded tables, by file and number. Bounded by what the tables hold together: beyond that all are
/// forgotten, which costs nothing but decoding those again that are still asked for. Thread-safe.
final class UnitCache {
    /// What a unit weighs by itself, in rows.
    private static final int UNIT_WEIGHT = 32;

    private final DwarfFiles files;
    private final long maxEntries;
    private final Map<Key, Unit> units = new HashMap<>();
    private final Map<Integer, CodeUnit> codeUnits = new HashMap<>();
    private long entries;

    UnitCache(DwarfFiles files, long maxEntries) {
        this.files = files;
        this.maxEntries = maxEntries;
    }

    /// A unit of `.debug_info` by its number.
    Unit get(DwarfObject object, int number, WorkBudget budget) throws MalformedBinaryException {
        Key key = new Key(object, number);
        Optional<Unit> known = known(key);
        if (known.isPresent()) {
            return known.get();
        }
        Unit read = Unit.read(files, object, object.header(number), budget);
        keep(key, read);
        return read;
    }

    private synchronized Optional<Unit> known(Key key) {
        return Optional.ofNullable(units.get(key));
    }

    private synchronized void keep(Key key, Unit read) {
        grown(UNIT_WEIGHT);
        units.put(key, read);
    }

    /// A unit of the linked file with its tables, found but not yet decoded.
    CodeUnit code(int number, SplitFiles split, WorkBudget budget) throws MalformedBinaryException {
        Optional<CodeUnit> known = knownCode(number);
        if (known.isPresent()) {
            return known.get();
        }
        CodeUnit made = CodeUnit.of(get(files.main(), number, budget), split, this, budget);
        keepCode(number, made);
        return made;
    }

    private synchronized Optional<CodeUnit> knownCode(int number) {
        return Optional.ofNullable(codeUnits.get(number));
    }

    private synchronized void keepCode(int number, CodeUnit made) {
        codeUnits.put(number, made);
    }

    /// Notes that tables grew by so many rows, ranges or calls.
    synchronized void grown(long by) {
        entries += by;
        if (entries > maxEntries) {
            units.clear();
            codeUnits.clear();
            entries = by;
        }
    }

    /// Two objects are the same only if they are one.
    private record Key(DwarfObject object, int number) {}
}
