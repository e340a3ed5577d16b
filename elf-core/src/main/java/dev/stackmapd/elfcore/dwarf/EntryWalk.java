package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.util.Arrays;

/// Goes through the entries of one unit, or of one function, and shows the subprograms and inlined calls that have
/// code.
///
/// Every other entry is gone past by its shape without being read, and a subtree that can hold no code by its
/// `DW_AT_sibling`. Keeps one word a level of nesting and nothing an entry. One thread, one walk at a time.
final class EntryWalk {
    /// What a sink answers for an entry whose inner entries belong to nobody.
    static final int NOBODY = -1;

    private final Unit unit;
    private final ReadBudget budget;
    private final Sink sink;
    private final Wanted wanted;
    private final AbbreviationTable shapes;
    private final Cursor at;
    private final EntryValues values = new EntryValues();
    private int[] owners = new int[32];
    private int depth;

    /// What a sink is shown.
    enum Wanted {
        /// Subprograms that stand neither in a type nor in another subprogram: what compilers mostly write, and a
        /// small part of a C++ unit where `DW_AT_sibling` leads past the rest.
        OUTER_SUBPROGRAMS,
        SUBPROGRAMS,
        SUBPROGRAMS_AND_INLINED
    }

    /// Is shown entries that have code, parents before their children.
    interface Sink {
        Wanted wanted();

        /// A subprogram.
        ///
        /// @param owner what the sink answered for the nearest subprogram or inlined call around it,
        ///     or [#NOBODY]
        /// @param offset of the entry, in its section
        /// @param values only until this returns
        /// @return what is handed on as owner of what is inside
        int subprogram(int owner, long offset, EntryValues values) throws MalformedBinaryException;

        /// An inlined call, likewise.
        int inlined(int owner, long offset, EntryValues values) throws MalformedBinaryException;
    }

    EntryWalk(Unit unit, ReadBudget budget, Sink sink) throws MalformedBinaryException {
        this.unit = unit;
        this.budget = budget;
        this.sink = sink;
        this.wanted = sink.wanted();
        this.shapes = unit.abbreviations(budget);
        this.at = unit.entries();
    }

    /// Shows the entry at an offset and all inside it.
    void run(long offset) throws MalformedBinaryException {
        at.moveTo(offset, "entry");
        depth = 0;
        owners[0] = NOBODY;
        long end = unit.header().end();
        do {
            if (at.position() >= end) {
                return;
            }
            visit();
        } while (depth > 0);
    }

    private void visit() throws MalformedBinaryException {
        long offset = at.position();
        long code = at.uleb128("abbreviation code");
        if (code == 0) {
            budget.spend(1, unit.source());
            depth--;
            return;
        }
        Abbreviation shape = shapes.get(code, at);
        budget.spend(shape.cost(), unit.source());
        switch (shape.tag()) {
            case Dw.TAG_SUBPROGRAM -> subprogram(offset, shape);
            case Dw.TAG_INLINED_SUBROUTINE -> inlined(offset, shape);
            case Dw.TAG_ARRAY_TYPE, Dw.TAG_ENUMERATION_TYPE, Dw.TAG_SUBROUTINE_TYPE -> pastChildren(shape);
            case Dw.TAG_CLASS_TYPE, Dw.TAG_STRUCTURE_TYPE, Dw.TAG_UNION_TYPE -> type(shape);
            default -> intoChildren(shape);
        }
    }

    private void type(Abbreviation shape) throws MalformedBinaryException {
        if (wanted == Wanted.OUTER_SUBPROGRAMS) {
            pastChildren(shape);
        } else {
            intoChildren(shape);
        }
    }

    private void intoChildren(Abbreviation shape) throws MalformedBinaryException {
        shape.skip(at);
        descend(shape, owners[depth]);
    }

    private void subprogram(long offset, Abbreviation shape) throws MalformedBinaryException {
        shape.read(at, values);
        int owner = owners[depth];
        if (values.hasCode()) {
            owner = sink.subprogram(owner, offset, values);
        }
        if (wanted == Wanted.OUTER_SUBPROGRAMS || (!values.hasCode() && values.flag(Slot.DECLARATION))) {
            pastSiblingOrInto(shape, owner);
        } else {
            descend(shape, owner);
        }
    }

    private void inlined(long offset, Abbreviation shape) throws MalformedBinaryException {
        if (wanted != Wanted.SUBPROGRAMS_AND_INLINED) {
            intoChildren(shape);
            return;
        }
        shape.read(at, values);
        descend(shape, values.hasCode() ? sink.inlined(owners[depth], offset, values) : owners[depth]);
    }

    private void pastChildren(Abbreviation shape) throws MalformedBinaryException {
        shape.read(at, values);
        pastSiblingOrInto(shape, owners[depth]);
    }

    /// A sibling that does not lie ahead in this unit is not believed.
    private void pastSiblingOrInto(Abbreviation shape, int owner) throws MalformedBinaryException {
        if (shape.hasChildren() && values.has(Slot.SIBLING) && values.form(Slot.SIBLING) != Dw.FORM_REF_ADDR) {
            long sibling = unit.header().offset() + values.value(Slot.SIBLING);
            if (sibling > at.position() && sibling <= unit.header().end()) {
                at.moveTo(sibling, "DW_AT_sibling");
                return;
            }
        }
        descend(shape, owner);
    }

    private void descend(Abbreviation shape, int owner) throws MalformedBinaryException {
        if (!shape.hasChildren()) {
            return;
        }
        if (++depth > unit.object().limits().maxDepth()) {
            throw at.malformed(
                    "entries are nested more than " + unit.object().limits().maxDepth() + " deep");
        }
        owners = depth == owners.length ? Arrays.copyOf(owners, depth * 2) : owners;
        owners[depth] = owner;
    }
}
