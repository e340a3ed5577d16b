package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// Finds the names of a function: in its own DIE, the abstract one it is an instance of, the declaration
/// it completes, and so on (DWARF 5, 2.13 and 3.3.8). The nearest DIE that has a name decides. For one
/// look-up and one thread.
final class NameReader {
    private final ReadBudget budget;
    private final DieValues values = new DieValues();
    private String linkageName = "";
    private String name = "";
    private int declarationLine;

    NameReader(ReadBudget budget) {
        this.budget = budget;
    }

    /// Follows the chain from a DIE. Names found before a damaged position are kept.
    FunctionNames read(Unit unit, long offset, Skips skips) {
        linkageName = "";
        name = "";
        declarationLine = 0;
        try {
            follow(unit, offset);
        } catch (MalformedBinaryException e) {
            skips.add(
                    e instanceof LackingPartException ? SkippedPart.Scope.ALTERNATE_FILE : SkippedPart.Scope.NAMES, e);
        }
        return new FunctionNames(linkageName, name, declarationLine);
    }

    private void follow(Unit from, long start) throws MalformedBinaryException {
        DieReference at = new DieReference(from, start);
        int limit = from.object().limits().maxChain();
        for (int step = 0; step < limit; step++) {
            budget.spend(1, at.unit().source());
            readDie(at);
            take(at.unit());
            int slot = values.has(Slot.ABSTRACT_ORIGIN) ? Slot.ABSTRACT_ORIGIN : Slot.SPECIFICATION;
            if (!values.has(slot) || complete()) {
                return;
            }
            at = at.unit().files().follow(at.unit(), values.form(slot), values.value(slot), budget);
        }
        throw new MalformedBinaryException(from.source(), start, "more than " + limit + " origins and specifications");
    }

    private boolean complete() {
        return !linkageName.isEmpty() && !name.isEmpty() && declarationLine != 0;
    }

    private void readDie(DieReference at) throws MalformedBinaryException {
        Cursor die = at.unit().dies();
        die.moveTo(at.offset(), "reference");
        long code = die.uleb128("abbreviation code");
        Abbreviation abbreviation = at.unit().abbreviations(budget).get(code, die);
        budget.spend(abbreviation.cost(), at.unit().source());
        abbreviation.read(die, values);
    }

    private void take(Unit unit) throws MalformedBinaryException {
        declarationLine = declarationLine == 0 ? values.count(Slot.DECL_LINE) : declarationLine;
        linkageName = linkageName.isEmpty() ? text(unit, Slot.LINKAGE_NAME) : linkageName;
        name = name.isEmpty() ? text(unit, Slot.NAME) : name;
    }

    private String text(Unit unit, int slot) throws MalformedBinaryException {
        String text = unit.text(values, slot);
        budget.spend(text.length() >> 3, unit.source());
        return text;
    }
}
