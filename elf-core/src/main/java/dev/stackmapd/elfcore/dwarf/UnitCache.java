package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Caches units and their decoded tables, by file and offset. The total weight of the tables is bounded:
/// beyond it the least recently used units are evicted first, and the unit that grew last. Thread-safe.
final class UnitCache {
    /// The weight of a unit without tables, in rows.
    static final int UNIT_WEIGHT = 32;

    private static final int INITIAL_CAPACITY = 16;
    private static final float LOAD_FACTOR = 0.75f;

    private final DwarfFiles files;
    private final long maxEntries;
    // In the order of their last use, oldest first.
    private final LinkedHashMap<Key, Cached> units = new LinkedHashMap<>(INITIAL_CAPACITY, LOAD_FACTOR, true);
    private long entries;

    UnitCache(DwarfFiles files, long maxEntries) {
        this.files = files;
        this.maxEntries = maxEntries;
    }

    /// Returns the unit that begins at an offset of `.debug_info`.
    Unit get(DwarfObject object, long offset, ReadBudget budget) throws MalformedBinaryException {
        Key key = new Key(object, offset);
        Optional<Unit> known = known(key);
        return known.isPresent() ? known.get() : keep(key, Unit.read(files, object, object.header(offset), budget));
    }

    private synchronized Optional<Unit> known(Key key) {
        return Optional.ofNullable(units.get(key)).map(cached -> cached.unit);
    }

    /// Keeps a unit. Returns the one that another thread has kept in the meantime, if there is one.
    private synchronized Unit keep(Key key, Unit read) {
        Cached cached = units.get(key);
        if (cached == null) {
            cached = new Cached(read);
            units.put(key, cached);
            grow(cached, UNIT_WEIGHT);
        }
        return cached.unit;
    }

    /// Returns a unit of the linked file with its tables, which are decoded later. Throws if no unit
    /// begins at the offset.
    CodeUnit code(long offset, SplitFiles split, LookUp lookUp) throws MalformedBinaryException {
        Key key = new Key(files.main(), offset);
        Optional<CodeUnit> known = knownCode(key);
        return known.isPresent() ? known.get() : readCode(key, offset, split, lookUp);
    }

    private CodeUnit readCode(Key key, long offset, SplitFiles split, LookUp lookUp) throws MalformedBinaryException {
        Unit unit = get(files.main(), offset, lookUp.budget());
        if (!unit.claims(lookUp.address(), lookUp.budget()) && !files.main().hasUnitAt(offset)) {
            throw unit.dies().malformed("no unit begins at 0x" + Long.toHexString(offset));
        }
        return keepCode(key, CodeUnit.of(unit, split, this, lookUp.budget()));
    }

    private synchronized Optional<CodeUnit> knownCode(Key key) {
        return Optional.ofNullable(units.get(key)).map(cached -> cached.code);
    }

    /// Keeps the tables of a unit, unless the unit was evicted in the meantime.
    private synchronized CodeUnit keepCode(Key key, CodeUnit made) {
        Cached cached = units.get(key);
        if (cached == null) {
            return made;
        }
        CodeUnit kept = cached.code == null ? made : cached.code;
        cached.code = kept;
        return kept;
    }

    /// Records that the tables of a unit grew by `by` rows, ranges or calls, and evicts units beyond the
    /// limit.
    synchronized void grown(CodeUnit unit, long by) {
        Cached cached = units.get(new Key(files.main(), unit.unit().header().offset()));
        if (cached != null && unit.equals(cached.code)) {
            grow(cached, by);
        }
    }

    private void grow(Cached cached, long by) {
        cached.weight += by;
        entries += by;
        while (entries > maxEntries) {
            entries -= units.pollFirstEntry().getValue().weight;
        }
    }

    /// Files are compared by identity.
    private record Key(DwarfObject object, long offset) {}

    private static final class Cached {
        private final Unit unit;
        private @Nullable CodeUnit code;
        private long weight;

        Cached(Unit unit) {
            this.unit = unit;
        }
    }
}
