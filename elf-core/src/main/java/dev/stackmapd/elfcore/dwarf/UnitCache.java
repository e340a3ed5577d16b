package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Units and their decoded tables, by file and offset. Bounded by what the tables hold together: beyond that all are
/// forgotten, which costs nothing but decoding those again that are still asked for. Thread-safe.
final class UnitCache {
    /// What a unit weighs by itself, in rows.
    private static final int UNIT_WEIGHT = 32;

    private final DwarfFiles files;
    private final long maxEntries;
    private final Map<Key, Unit> units = new HashMap<>();
    private final Map<Long, CodeUnit> codeUnits = new HashMap<>();
    private long entries;

    UnitCache(DwarfFiles files, long maxEntries) {
        this.files = files;
        this.maxEntries = maxEntries;
    }

    /// The unit that begins at an offset of `.debug_info`.
    Unit get(DwarfObject object, long offset, WorkBudget budget) throws MalformedBinaryException {
        Key key = new Key(object, offset);
        Optional<Unit> known = known(key);
        if (known.isPresent()) {
            return known.get();
        }
        Unit read = Unit.read(files, object, object.header(offset), budget);
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

    /// A unit of the linked file with its tables, found but not yet decoded. Fails where no unit begins at the
    /// offset.
    CodeUnit code(long offset, SplitFiles split, LookUp lookUp) throws MalformedBinaryException {
        Optional<CodeUnit> known = knownCode(offset);
        if (known.isPresent()) {
            return known.get();
        }
        Unit unit = get(files.main(), offset, lookUp.budget());
        if (!unit.claims(lookUp.address(), lookUp.budget()) && !files.main().hasUnitAt(offset)) {
            throw unit.entries().malformed("no unit begins at 0x" + Long.toHexString(offset));
        }
        CodeUnit made = CodeUnit.of(unit, split, this, lookUp.budget());
        keepCode(offset, made);
        return made;
    }

    private synchronized Optional<CodeUnit> knownCode(long offset) {
        return Optional.ofNullable(codeUnits.get(offset));
    }

    private synchronized void keepCode(long offset, CodeUnit made) {
        codeUnits.put(offset, made);
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
    private record Key(DwarfObject object, long offset) {}
}
