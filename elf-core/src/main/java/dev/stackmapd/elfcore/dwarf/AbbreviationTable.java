package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The abbreviations of one unit, by code (DWARF 5, 7.5.3). Compilers number them from 1 without gaps,
/// which is an array; anything else is a map. Immutable and thread-safe.
final class AbbreviationTable {
    private static final String SECTION = ".debug_abbrev";
    /// Heap of an attribute, and of an abbreviation without its attributes.
    private static final int ATTRIBUTE_BYTES = 56;
    private static final int ABBREVIATION_BYTES = 160;

    private final List<Abbreviation> byCode;
    private final Map<Long, Abbreviation> others;
    private final int attributes;

    private AbbreviationTable(List<Abbreviation> byCode, Map<Long, Abbreviation> others, int attributes) {
        this.byCode = byCode;
        this.others = others;
        this.attributes = attributes;
    }

    /// Reads the table that begins at an offset of `.debug_abbrev`. The first abbreviation of a code
    /// counts.
    static AbbreviationTable read(
            ByteExtent section, long offset, Encoding encoding, DwarfLimits limits, ReadBudget budget)
            throws MalformedBinaryException {
        List<Abbreviation> byCode = new ArrayList<>();
        Map<Long, Abbreviation> others = new HashMap<>();
        Cursor at = section.cursor();
        at.moveTo(offset, "debug_abbrev_offset");
        AbbreviationBuilder builder = new AbbreviationBuilder(encoding);
        for (long code = at.uleb128("abbreviation code"); code != 0; code = at.uleb128("abbreviation code")) {
            Abbreviation next = readOne(at, builder, budget);
            if (code == byCode.size() + 1) {
                byCode.add(next);
            } else {
                others.putIfAbsent(code, next);
            }
            if (byCode.size() + others.size() > limits.maxAbbreviations()) {
                throw new OverLimitException(
                        SECTION, offset, "more than " + limits.maxAbbreviations() + " abbreviations in one table");
            }
        }
        return new AbbreviationTable(List.copyOf(byCode), Map.copyOf(others), builder.attributes());
    }

    /// Reads a table up to the abbreviation of one code. That of a unit DIE is usually the first of its
    /// table.
    static Abbreviation readSingle(
            ByteExtent section, long offset, long wanted, Encoding encoding, DwarfLimits limits, ReadBudget budget)
            throws MalformedBinaryException {
        Cursor at = section.cursor();
        at.moveTo(offset, "debug_abbrev_offset");
        AbbreviationBuilder builder = new AbbreviationBuilder(encoding);
        for (int i = 0; i < limits.maxAbbreviations(); i++) {
            long code = at.uleb128("abbreviation code");
            if (code == 0) {
                break;
            }
            Abbreviation next = readOne(at, builder, budget);
            if (code == wanted) {
                return next;
            }
        }
        throw at.malformed("no abbreviation has code " + Long.toUnsignedString(wanted));
    }

    private static Abbreviation readOne(Cursor at, AbbreviationBuilder builder, ReadBudget budget)
            throws MalformedBinaryException {
        budget.take(ABBREVIATION_BYTES, SECTION);
        long tag = at.uleb128("tag");
        boolean hasChildren = at.u8("DW_CHILDREN") != 0;
        while (true) {
            budget.spend(1, SECTION);
            budget.take(ATTRIBUTE_BYTES, SECTION);
            long attribute = at.uleb128("attribute name");
            long form = at.uleb128("attribute form");
            if (attribute == 0 && form == 0) {
                return builder.finish(tag >= 0 && tag <= 0xffff ? (int) tag : 0xffff, hasChildren);
            }
            if (form <= 0 || form > 0xffff) {
                throw at.malformed("form 0x" + Long.toHexString(form) + " is not known");
            }
            long constant = form == Dw.FORM_IMPLICIT_CONST ? at.sleb128("DW_FORM_implicit_const") : 0;
            builder.add(attribute, (int) form, constant);
        }
    }

    /// Returns the number of attributes of all abbreviations together, which determines the memory that
    /// the table takes.
    int attributes() {
        return attributes;
    }

    /// @param at the cursor that the code was read from, for the error
    Abbreviation get(long code, Cursor at) throws MalformedBinaryException {
        if (code > 0 && code <= byCode.size()) {
            return byCode.get((int) code - 1);
        }
        Abbreviation other = others.get(code);
        if (other == null) {
            throw at.malformed("no abbreviation has code " + Long.toUnsignedString(code));
        }
        return other;
    }
}
