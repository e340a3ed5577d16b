package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.util.Arrays;

/// Walks over the DIEs (debugging information entries) of one unit, or of one function, and passes the
/// subprograms and inlined calls that have code to a visitor.
///
/// Every other DIE is skipped by its abbreviation without being read, and a subtree that cannot have
/// code by its `DW_AT_sibling`. The walk keeps one word for each level of nesting and nothing for a DIE.
/// For one thread and one walk at a time.
final class DieWalk {
    /// A visitor returns this for a DIE whose children have no owner.
    static final int NONE = -1;

    private final Unit unit;
    private final ReadBudget budget;
    private final DieVisitor visitor;
    private final Selection selection;
    private final AbbreviationTable abbreviations;
    private final Cursor at;
    private final DieValues values = new DieValues();
    private int[] owners = new int[32];
    private int depth;

    /// The DIEs that a visitor needs.
    enum Selection {
        /// Subprograms outside types and other subprograms: most functions that compilers write, and a
        /// small part of a C++ unit where `DW_AT_sibling` allows skipping the rest.
        OUTER_SUBPROGRAMS,
        SUBPROGRAMS,
        SUBPROGRAMS_AND_INLINED
    }

    /// Receives DIEs that have code, parents before their children.
    interface DieVisitor {
        Selection selection();

        /// Called for a subprogram.
        ///
        /// @param owner the value that the visitor returned for the nearest enclosing subprogram or
        ///     inlined call, or [#NONE]
        /// @param offset of the DIE, in its section
        /// @param values valid until this returns
        /// @return the owner to pass on for the children
        int subprogram(int owner, long offset, DieValues values) throws MalformedBinaryException;

        /// Called for an inlined call; parameters and result are those of [#subprogram].
        int inlined(int owner, long offset, DieValues values) throws MalformedBinaryException;
    }

    DieWalk(Unit unit, ReadBudget budget, DieVisitor visitor) throws MalformedBinaryException {
        this.unit = unit;
        this.budget = budget;
        this.visitor = visitor;
        this.selection = visitor.selection();
        this.abbreviations = unit.abbreviations(budget);
        this.at = unit.dies();
    }

    /// Visits the DIE at an offset and all its descendants.
    void run(long offset) throws MalformedBinaryException {
        at.moveTo(offset, "DIE");
        depth = 0;
        owners[0] = NONE;
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
        Abbreviation abbreviation = abbreviations.get(code, at);
        budget.spend(abbreviation.cost(), unit.source());
        switch (abbreviation.tag()) {
            case Dw.TAG_SUBPROGRAM -> subprogram(offset, abbreviation);
            case Dw.TAG_INLINED_SUBROUTINE -> inlined(offset, abbreviation);
            case Dw.TAG_ARRAY_TYPE, Dw.TAG_ENUMERATION_TYPE, Dw.TAG_SUBROUTINE_TYPE -> pastChildren(abbreviation);
            case Dw.TAG_CLASS_TYPE, Dw.TAG_STRUCTURE_TYPE, Dw.TAG_UNION_TYPE -> type(abbreviation);
            default -> intoChildren(abbreviation);
        }
    }

    private void type(Abbreviation abbreviation) throws MalformedBinaryException {
        if (selection == Selection.OUTER_SUBPROGRAMS) {
            pastChildren(abbreviation);
        } else {
            intoChildren(abbreviation);
        }
    }

    private void intoChildren(Abbreviation abbreviation) throws MalformedBinaryException {
        abbreviation.skip(at);
        descend(abbreviation, owners[depth]);
    }

    private void subprogram(long offset, Abbreviation abbreviation) throws MalformedBinaryException {
        abbreviation.read(at, values);
        int owner = owners[depth];
        if (values.hasCode()) {
            owner = visitor.subprogram(owner, offset, values);
        }
        if (selection == Selection.OUTER_SUBPROGRAMS || (!values.hasCode() && values.flag(Slot.DECLARATION))) {
            pastSiblingOrInto(abbreviation, owner);
        } else {
            descend(abbreviation, owner);
        }
    }

    private void inlined(long offset, Abbreviation abbreviation) throws MalformedBinaryException {
        if (selection != Selection.SUBPROGRAMS_AND_INLINED) {
            intoChildren(abbreviation);
            return;
        }
        abbreviation.read(at, values);
        descend(abbreviation, values.hasCode() ? visitor.inlined(owners[depth], offset, values) : owners[depth]);
    }

    private void pastChildren(Abbreviation abbreviation) throws MalformedBinaryException {
        abbreviation.read(at, values);
        pastSiblingOrInto(abbreviation, owners[depth]);
    }

    /// Skips the children by `DW_AT_sibling`, or descends into them where it is missing or does not lie
    /// ahead in this unit.
    private void pastSiblingOrInto(Abbreviation abbreviation, int owner) throws MalformedBinaryException {
        if (abbreviation.hasChildren() && values.has(Slot.SIBLING) && values.form(Slot.SIBLING) != Dw.FORM_REF_ADDR) {
            long sibling = unit.header().offset() + values.value(Slot.SIBLING);
            if (sibling > at.position() && sibling <= unit.header().end()) {
                at.moveTo(sibling, "DW_AT_sibling");
                return;
            }
        }
        descend(abbreviation, owner);
    }

    private void descend(Abbreviation abbreviation, int owner) throws MalformedBinaryException {
        if (!abbreviation.hasChildren()) {
            return;
        }
        if (++depth > unit.object().limits().maxDepth()) {
            throw at.malformed(
                    "DIEs are nested more than " + unit.object().limits().maxDepth() + " deep");
        }
        owners = depth == owners.length ? Arrays.copyOf(owners, depth * 2) : owners;
        owners[depth] = owner;
    }
}
