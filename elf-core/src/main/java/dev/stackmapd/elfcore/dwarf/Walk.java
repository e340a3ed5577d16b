package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// Shows a visitor all units of a file. Keeps one unit's header, shapes and file table at a time. One thread.
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
                report(SkippedPart.Part.UNIT, e);
            }
        }
    }

    private void show(Unit unit) {
        Skips before = new Skips();
        Unit entries = entriesOf(unit, before);
        FileTable fileTable = new FileTable(unit, unit.encoding().version());
        LineHeader lines = null;
        try {
            if (unit.hasLines()) {
                lines = unit.lineHeader(budget);
                fileTable = lines.files();
            }
        } catch (MalformedBinaryException e) {
            before.add(SkippedPart.Part.LINES, e);
        }
        visitor.unit(new WalkedUnit(entries, fileTable, visitor, budget));
        before.list().forEach(visitor::skipped);
        showUnitRanges(unit);
        showFunctions(entries);
        if (lines != null) {
            showRows(unit, lines);
        }
        if (budget.exceeded().isEmpty()) {
            visitor.endOfUnit();
        }
        fileTable.release(budget);
    }

    private Unit entriesOf(Unit unit, Skips skips) {
        try {
            return unit.isSkeleton() ? split.find(unit, budget) : unit;
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Part.SPLIT_FILE, e);
            return unit;
        }
    }

    private void showUnitRanges(Unit unit) {
        try {
            new RangeReader(unit, budget).read(unit.root(), visitor::unitRange);
        } catch (MalformedBinaryException e) {
            report(SkippedPart.Part.UNIT_RANGES, e);
        }
    }

    private void showFunctions(Unit entries) {
        try {
            new EntryWalk(entries, budget, new Functions(entries, visitor, budget))
                    .run(entries.header().firstEntry());
        } catch (MalformedBinaryException e) {
            report(SkippedPart.Part.FUNCTIONS, e);
        }
    }

    private void showRows(Unit unit, LineHeader lines) {
        try {
            LineProgram.of(unit, lines, this::row, budget).run();
        } catch (MalformedBinaryException e) {
            report(SkippedPart.Part.LINES, e);
        }
    }

    private void row(long address, int file, int line, int column, int discriminator, int flags) {
        if ((flags & RowSink.END_OF_SEQUENCE) != 0) {
            visitor.endOfSequence(address);
        } else {
            visitor.row(address, file, line, column, discriminator, (flags & RowSink.STATEMENT) != 0);
        }
    }

    private void report(SkippedPart.Part part, MalformedBinaryException why) {
        visitor.skipped(Skips.part(part, why));
    }

    /// What an entry answers as owner of others is its depth.
    private static final class Functions implements EntryWalk.Sink {
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
        public EntryWalk.Wanted wanted() {
            return EntryWalk.Wanted.SUBPROGRAMS_AND_INLINED;
        }

        @Override
        public int subprogram(int owner, long offset, EntryValues values) throws MalformedBinaryException {
            visitor.function(owner + 1, key(offset, values));
            long entry = entryPoint.read(values);
            if (entry != 0) {
                visitor.entry(entry);
            }
            return owner + 1;
        }

        /// A call outside every function belongs to nothing.
        @Override
        public int inlined(int owner, long offset, EntryValues values) throws MalformedBinaryException {
            if (owner == EntryWalk.NOBODY) {
                return EntryWalk.NOBODY;
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

        /// The abstract entry where it is in the same section, since its copies share it; else the entry itself, as
        /// for the variants of a constructor, which have linkage names of their own.
        private long key(long offset, EntryValues values) {
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
