package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.ByteQuota;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The debug information of one file: its sections, where its units begin, and the abbreviation tables,
/// which units often share. Thread-safe.
final class DwarfObject {
    /// The weight of an abbreviation table without attributes, counted as attributes.
    private static final long TABLE_WEIGHT = 4;

    private final DwarfSections sections;
    private final DwarfLimits limits;
    private final ByteQuota kept;
    private final ByteExtent info;
    private final UnitChain chain;
    private final long lowestCode;
    private final Map<TableKey, AbbreviationTable> tables = new HashMap<>();
    private long cachedAttributes;
    private volatile @Nullable UnitOffsets units;
    private volatile @Nullable UnitOffsets typeUnits;

    DwarfObject(DwarfSections sections) throws MalformedBinaryException {
        this.sections = sections;
        this.limits = sections.file().limits().dwarf();
        this.kept = new ByteQuota(limits.maxKeptBytes(), "of lists of its parts");
        this.info = sections.info();
        this.chain = new UnitChain(info, limits, kept);
        this.lowestCode = sections.file().lowestCode().value();
    }

    /// Returns true if the file is a package too: has split units and an index of them beside what it
    /// has of its own.
    boolean hasPackage() {
        try {
            return !sections.isSplit() && sections.file().hasSection(".debug_cu_index");
        } catch (MalformedBinaryException e) {
            return false;
        }
    }

    DwarfSections sections() {
        return sections;
    }

    DwarfLimits limits() {
        return limits;
    }

    /// Returns the quota for lists of units and other data that stay as long as the file is open.
    ByteQuota kept() {
        return kept;
    }

    ByteExtent info() {
        return info;
    }

    /// Returns the offsets of the units. Reads all headers of the section, which look-ups by
    /// `.debug_aranges` do not need.
    UnitOffsets units() {
        UnitOffsets known = units;
        if (known == null) {
            known = chain.all();
            units = known;
        }
        return known;
    }

    /// Returns true if a unit begins at an offset, which requires reading the header of each unit before
    /// it.
    boolean hasUnitAt(long offset) {
        return chain.begins(offset);
    }

    /// Returns the units of `.debug_types`, where type units stood before DWARF 5.
    UnitOffsets typeUnits() throws MalformedBinaryException {
        UnitOffsets known = typeUnits;
        if (known == null) {
            known = new UnitChain(sections.types(), limits, kept).all();
            typeUnits = known;
        }
        return known;
    }

    /// Returns the header of the unit that begins at an offset.
    UnitHeader header(long offset) throws MalformedBinaryException {
        Cursor at = info.cursor();
        at.moveTo(offset, "unit offset");
        return UnitHeader.read(at, Dw.UT_COMPILE);
    }

    UnitHeader typeHeader(int unit) throws MalformedBinaryException {
        Cursor at = sections.types().cursor();
        at.moveTo(typeUnits().start(unit), "unit offset");
        return UnitHeader.read(at, Dw.UT_TYPE);
    }

    /// Returns the lowest address at which this file has code: what lies below was dropped by the
    /// linker, which leaves 0 or a small number in its place.
    long lowestCode() {
        return lowestCode;
    }

    AbbreviationTable abbreviations(long offset, Encoding encoding, ReadBudget budget) throws MalformedBinaryException {
        TableKey key = new TableKey(offset, encoding);
        Optional<AbbreviationTable> known = known(key);
        if (known.isPresent()) {
            return known.get();
        }
        long heldBefore = budget.bytes();
        long stepsBefore = budget.steps();
        try {
            AbbreviationTable read = AbbreviationTable.read(sections.abbreviations(), offset, encoding, limits, budget);
            keep(key, read);
            return read;
        } catch (MalformedBinaryException e) {
            budget.waste(stepsBefore);
            throw e;
        } finally {
            budget.giveBack(budget.bytes() - heldBefore);
        }
    }

    private synchronized Optional<AbbreviationTable> known(TableKey key) {
        return Optional.ofNullable(tables.get(key));
    }

    /// Caches a table. Tables may overlap, so the section's size does not bound the memory that they
    /// take together.
    private synchronized void keep(TableKey key, AbbreviationTable read) {
        long weight = read.attributes() + TABLE_WEIGHT;
        cachedAttributes += weight;
        if (cachedAttributes > limits.maxCachedEntries() / 2) {
            tables.clear();
            cachedAttributes = weight;
        }
        tables.put(key, read);
    }

    private record TableKey(long offset, Encoding encoding) {}
}
