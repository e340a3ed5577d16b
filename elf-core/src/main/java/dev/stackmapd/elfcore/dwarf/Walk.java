package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// Passes all units of a file to a visitor. Keeps the header, abbreviations and file table of one unit
/// at a time. For one thread.
final class Walk {
    private final DwarfFiles files;
    private final SplitFiles split;
    private final DwarfVisitor visitor;
    private final ReadBudget budget;

    Walk(DwarfFiles files, SplitFiles split, DwarfVisitor visitor, ReadBudget budget) {
        this.files = files;
        this.split = split;
        this.visitor = visitor;
        this.budget = budget;
    }

    void run() {
        files.main().units().skips().list().forEach(visitor::skipped);
        int damaged = 0;
        for (int number = 0;
                number < files.main().units().count()
                        && damaged < UnitOffsets.MAX_DAMAGED
                        && budget.exceeded().isEmpty();
                number++) {
            try {
                UnitHeader header = files.main().header(files.main().units().start(number));
                if (!header.isTypeUnit()) {
                    show(Unit.read(files, files.main(), header, budget));
                }
            } catch (MalformedBinaryException e) {
                damaged++;
                report(SkippedPart.Scope.UNIT, e);
            }
        }
    }

    private void show(Unit unit) {
        Skips before = new Skips();
        Unit dieUnit = dieUnitOf(unit, before);
        FileTable fileTable = new FileTable(unit, unit.encoding().version());
        LineHeader lines = null;
        try {
            if (unit.hasLines()) {
                lines = unit.lineHeader(budget);
                fileTable = lines.files();
            }
        } catch (MalformedBinaryException e) {
            before.add(SkippedPart.Scope.LINES, e);
        }
        visitor.unit(new WalkedUnit(dieUnit, fileTable, visitor, budget));
        before.list().forEach(visitor::skipped);
        showUnitRanges(unit);
        showFunctions(dieUnit);
        if (lines != null) {
            showRows(unit, lines);
        }
        if (budget.exceeded().isEmpty()) {
            visitor.endOfUnit();
        }
        fileTable.release(budget);
    }

    private Unit dieUnitOf(Unit unit, Skips skips) {
        try {
            return unit.isSkeleton() ? split.find(unit, budget) : unit;
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Scope.SPLIT_FILE, e);
            return unit;
        }
    }

    private void showUnitRanges(Unit unit) {
        try {
            new RangeReader(unit, budget).read(unit.root(), visitor::unitRange);
        } catch (MalformedBinaryException e) {
            report(SkippedPart.Scope.UNIT_RANGES, e);
        }
    }

    private void showFunctions(Unit dieUnit) {
        try {
            new DieWalk(dieUnit, budget, new Functions(dieUnit, visitor, budget))
                    .run(dieUnit.header().firstDie());
        } catch (MalformedBinaryException e) {
            report(SkippedPart.Scope.FUNCTIONS, e);
        }
    }

    private void showRows(Unit unit, LineHeader lines) {
        try {
            LineProgram.of(unit, lines, this::row, budget).run();
        } catch (MalformedBinaryException e) {
            report(SkippedPart.Scope.LINES, e);
        }
    }

    private void row(long address, int file, int line, int column, int discriminator, int flags) {
        if ((flags & RowSink.END_OF_SEQUENCE) != 0) {
            visitor.endOfSequence(address);
        } else {
            visitor.row(address, file, line, column, discriminator, (flags & RowSink.STATEMENT) != 0);
        }
    }

    private void report(SkippedPart.Scope scope, MalformedBinaryException why) {
        visitor.skipped(Skips.part(scope, why));
    }

    /// The owner that it returns for a DIE is the depth of the DIE.
    private static final class Functions implements DieWalk.DieVisitor {
        private final Unit unit;
        private final DwarfVisitor visitor;
        private final RangeReader ranges;
        private final EntryPoint entryPoint;

        Functions(Unit unit, DwarfVisitor visitor, ReadBudget budget) {
            this.unit = unit;
            this.visitor = visitor;
            this.ranges = new RangeReader(unit, budget);
            this.entryPoint = new EntryPoint(unit, budget, visitor::range);
        }

        @Override
        public DieWalk.Selection selection() {
            return DieWalk.Selection.SUBPROGRAMS_AND_INLINED;
        }

        @Override
        public int subprogram(int owner, long offset, DieValues values) throws MalformedBinaryException {
            visitor.function(owner + 1, key(offset, values));
            long entry = entryPoint.read(values);
            if (entry != 0) {
                visitor.entryPoint(entry);
            }
            return owner + 1;
        }

        /// Passes on an inlined call. A call outside every function is skipped.
        @Override
        public int inlined(int owner, long offset, DieValues values) throws MalformedBinaryException {
            if (owner == DieWalk.NONE) {
                return DieWalk.NONE;
            }
            visitor.inlined(
                    owner + 1,
                    key(offset, values),
                    values.count(Slot.CALL_FILE),
                    values.count(Slot.CALL_LINE),
                    values.count(Slot.CALL_COLUMN),
                    values.count(Slot.DISCRIMINATOR));
            ranges.read(values, visitor::range);
            return owner + 1;
        }

        /// Returns the offset of the abstract DIE where it is in the same section, since all copies
        /// share it; else that of the DIE itself, as for the variants of a constructor, which have
        /// linkage names of their own.
        private long key(long offset, DieValues values) {
            if (!values.has(Slot.ABSTRACT_ORIGIN) || values.has(Slot.LINKAGE_NAME) || values.has(Slot.NAME)) {
                return offset;
            }
            long value = values.value(Slot.ABSTRACT_ORIGIN);
            return switch (values.form(Slot.ABSTRACT_ORIGIN)) {
                case Dw.FORM_REF1, Dw.FORM_REF2, Dw.FORM_REF4, Dw.FORM_REF8, Dw.FORM_REF_UDATA ->
                    unit.header().offset() + value;
                case Dw.FORM_REF_ADDR -> value;
                default -> offset;
            };
        }
    }
}
