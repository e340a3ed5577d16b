package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.dwarf.DwarfVisitor;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.dwarf.SkippedPart;
import dev.stackmapd.elfcore.dwarf.WalkedUnit;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// Gathers the units of a walk one after the other, and resolves and encodes each at its end. Counts
/// skipped parts.
final class UnitCollector implements DwarfVisitor {
    /// The most padding between two functions of one unit that is merged into their range.
    private static final int MAX_PADDING = 15;

    private final BuildMemory memory;
    private final UnitCode code;
    private final UnitResolver resolver;
    private final UnitEncoder encoder;
    private final LackingRanges lackingRanges;
    private final Set<LackingPart> lacking = new LinkedHashSet<>();
    private int[] open = new int[64];
    private long skipped;
    private boolean functionsDamaged;
    private Optional<WalkedUnit> current = Optional.empty();

    /// @param memory for the data of one unit
    UnitCollector(BuildMemory memory, UnitEncoder encoder, LackingRanges lackingRanges) {
        this.memory = memory;
        this.code = new UnitCode(memory);
        this.resolver = new UnitResolver(memory);
        this.encoder = encoder;
        this.lackingRanges = lackingRanges;
    }

    /// Returns the number of parts of the debug information that could not be read.
    long skippedParts() {
        return skipped;
    }

    @Override
    public void unit(WalkedUnit unit) {
        code.clear();
        lacking.clear();
        current = Optional.of(unit);
    }

    @Override
    public void unitRange(long low, long high) {
        code.unitRanges.add(low, high, 0);
    }

    @Override
    public void function(int depth, long key) {
        opened(depth, code.addNode(UnitCode.ROOT, key, 0, 0, 0));
    }

    @Override
    public void inlined(int depth, long key, int callFile, int callLine, int callColumn, int callDiscriminator) {
        opened(depth, code.addNode(open[depth - 1], key, callFile, callLine, callColumn));
    }

    private void opened(int depth, int node) {
        if (depth >= open.length) {
            open = memory.grow(open, BuildMemory.larger(depth));
        }
        open[depth] = node;
    }

    @Override
    public void range(long low, long high) {
        code.addRange(low, high);
    }

    @Override
    public void entryPoint(long address) {
        code.setEntry(address);
    }

    @Override
    public void row(long address, int file, int line, int column, int discriminator, boolean isStatement) {
        code.addRow(address, file, line, column);
    }

    @Override
    public void endOfSequence(long address) {
        code.endSequence(address);
    }

    @Override
    public void endOfUnit() {
        code.endOfRows();
        WalkedUnit unit = current.orElseThrow();
        noteLacking();
        if (functionsDamaged || unit.mayHideCalls()) {
            // Rows count only inside functions that are known.
            code.unitRanges.clear();
        }
        encoder.begin(code, unit, lacking);
        resolver.resolve(code, encoder);
        encoder.end();
        current = Optional.empty();
        functionsDamaged = false;
    }

    /// Notes missing parts for the code of the unit. A unit without ranges has no such code.
    private void noteLacking() {
        for (int i = 0; i < code.unitRanges.count() && !lacking.isEmpty(); i++) {
            lackingRanges.range(code.unitRanges.low(i), code.unitRanges.high(i), lacking, MAX_PADDING);
        }
        if (code.unitRanges.count() == 0) {
            lacking.forEach(lackingRanges::elsewhere);
        }
    }

    @Override
    public void skipped(SkippedPart part) {
        skipped++;
        if (current.isEmpty()) {
            lackingRanges.elsewhere(part.lacking());
        } else if (!encoder.takes(part.lacking())) {
            LackingRanges.add(lacking, part.lacking());
            functionsDamaged |= part.scope() == SkippedPart.Scope.FUNCTIONS;
        }
    }
}
