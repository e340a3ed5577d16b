package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/// Units and their decoded tables, by file and number. Bounded by what the tables hold together: beyond that all are
/// forgotten, which costs nothing but decoding those again that are still asked for. Thread-safe.
final class UnitCache {
    /// What a unit weighs by itself, in rows.
    private static final int UNIT_WEIGHT = 32;

    private final DwarfFiles files;
    private final long maxEntries;
    private final ConcurrentMap<Key, Unit> units = new ConcurrentHashMap<>();
    private final ConcurrentMap<Integer, CodeUnit> codeUnits = new ConcurrentHashMap<>();
    private final AtomicLong entries = new AtomicLong();

    UnitCache(DwarfFiles files, long maxEntries) {
        this.files = files;
        this.maxEntries = maxEntries;
    }

    /// A unit of `.debug_info` by its number.
    Unit get(DwarfObject object, int number, WorkBudget budget) throws MalformedBinaryException {
        Key key = new Key(object, number);
        Unit known = units.get(key);
        if (known != null) {
            return known;
        }
        Unit read = Unit.read(files, object, object.header(number), budget);
        grown(UNIT_WEIGHT);
        units.put(key, read);
        return read;
    }

    /// A unit of the linked file with its tables, found but not yet decoded.
    CodeUnit code(int number, SplitFiles split, WorkBudget budget) throws MalformedBinaryException {
        CodeUnit known = codeUnits.get(number);
        if (known != null) {
            return known;
        }
        CodeUnit made = CodeUnit.of(get(files.main(), number, budget), split, this, budget);
        codeUnits.put(number, made);
        return made;
    }

    /// Notes that tables grew by so many rows, ranges or calls.
    void grown(long by) {
        if (entries.addAndGet(by) > maxEntries) {
            units.clear();
            codeUnits.clear();
            entries.set(by);
        }
    }

    /// Two objects are the same only if they are one.
    private record Key(DwarfObject object, int number) {}
}
