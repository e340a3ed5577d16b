package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The debug information of one file: its sections, where its units begin, and the abbreviation tables, which units
/// often share. Thread-safe.
final class DwarfObject {
    private final DwarfSections sections;
    private final DwarfLimits limits;
    private final ByteExtent info;
    private final UnitOffsets units;
    private final long lowestCode;
    private final ConcurrentMap<TableKey, AbbreviationTable> tables = new ConcurrentHashMap<>();
    private final AtomicLong cachedAttributes = new AtomicLong();
    private volatile @Nullable UnitOffsets typeUnits;

    DwarfObject(DwarfSections sections) throws MalformedBinaryException {
        this.sections = sections;
        this.limits = sections.file().limits().dwarf();
        this.info = sections.info();
        this.units = UnitOffsets.read(info, limits);
        this.lowestCode = sections.file().lowestCode().value();
    }

    DwarfSections sections() {
        return sections;
    }

    DwarfLimits limits() {
        return limits;
    }

    ByteExtent info() {
        return info;
    }

    UnitOffsets units() {
        return units;
    }

    /// The units of `.debug_types`, where type units stood before DWARF 5.
    UnitOffsets typeUnits() throws MalformedBinaryException {
        UnitOffsets known = typeUnits;
        if (known == null) {
            known = UnitOffsets.read(sections.types(), limits);
            typeUnits = known;
        }
        return known;
    }

    UnitHeader header(int unit) throws MalformedBinaryException {
        Cursor at = info.cursor();
        at.moveTo(units.start(unit), "unit offset");
        return UnitHeader.read(at, Dw.UT_COMPILE);
    }

    UnitHeader typeHeader(int unit) throws MalformedBinaryException {
        Cursor at = sections.types().cursor();
        at.moveTo(typeUnits().start(unit), "unit offset");
        return UnitHeader.read(at, Dw.UT_TYPE);
    }

    /// The lowest address at which this file has code: what lies below was dropped by the linker, which leaves 0 or
    /// a small number in its place.
    long lowestCode() {
        return lowestCode;
    }

    AbbreviationTable abbreviations(long offset, Encoding encoding, WorkBudget budget)
            throws MalformedBinaryException {
        TableKey key = new TableKey(offset, encoding);
        AbbreviationTable known = tables.get(key);
        if (known != null) {
            return known;
        }
        AbbreviationTable read = AbbreviationTable.read(sections.abbreviations(), offset, encoding, limits, budget);
        // Tables may overlap, so the section's size does not bound what they take together.
        if (cachedAttributes.addAndGet(read.attributes() + 1L) > 4L * limits.maxAttributes()) {
            tables.clear();
            cachedAttributes.set(read.attributes());
        }
        tables.put(key, read);
        return read;
    }

    private record TableKey(long offset, Encoding encoding) {}
}
