package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// One unit during the calls to a [DwarfVisitor]. It turns keys into names and file numbers into paths.
/// For the walking thread only.
public final class WalkedUnit {
    private final Unit dieUnit;
    private final FileTable files;
    private final DwarfVisitor visitor;
    private final NameReader names;
    private final ReadBudget budget;

    /// @param dieUnit the unit that has the DIEs of functions
    WalkedUnit(Unit dieUnit, FileTable files, DwarfVisitor visitor, ReadBudget budget) {
        this.dieUnit = dieUnit;
        this.files = files;
        this.visitor = visitor;
        this.budget = budget;
        this.names = new NameReader(budget);
    }

    public SourceLanguage language() {
        return dieUnit.language();
    }

    /// Returns true if rows of code without a function may be those of inlined calls, which must not be
    /// taken for the function's: the split unit is missing, and the skeleton does not have the functions
    /// with inlined calls.
    public boolean mayHideCalls() {
        return dieUnit.isSkeleton() && !dieUnit.hasChildDies();
    }

    /// Returns the path of a file; empty where there is none of that number. Each call builds the path
    /// again, so callers should keep it.
    public String path(int file) {
        try {
            return files.path(file);
        } catch (MalformedBinaryException e) {
            visitor.skipped(Skips.part(SkippedPart.Scope.LINES, e));
            return "";
        }
    }

    /// Returns the names of a function. Each call reads them again, so callers should keep them.
    ///
    /// @param key of a function or inlined call of this unit
    public FunctionNames names(long key) {
        Skips skips = new Skips();
        FunctionNames read = FunctionNames.UNKNOWN;
        try {
            DieReference at = dieUnit.files().atKey(dieUnit, key, budget);
            read = names.read(at.unit(), at.offset(), skips);
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Scope.NAMES, e);
        }
        skips.list().forEach(visitor::skipped);
        return read;
    }
}
