package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.dwarf.DwarfVisitor;
import dev.stackmapd.elfcore.dwarf.SkippedPart;
import dev.stackmapd.elfcore.dwarf.WalkedUnit;
import java.util.Arrays;
import java.util.Optional;

/// Gathers one unit of a walk after the other and has each resolved and encoded when it ends. Counts what was
/// skipped.
final class UnitCollector implements DwarfVisitor {
    private final UnitCode code = new UnitCode();
    private final UnitResolver resolver = new UnitResolver();
    private final UnitEncoder encoder;
    private int[] open = new int[64];
    private long skipped;
    private Optional<WalkedUnit> current = Optional.empty();

    UnitCollector(UnitEncoder encoder) {
        this.encoder = encoder;
    }

    /// Parts of the debug information that could not be read.
    long skippedParts() {
        return skipped;
    }

    @Override
    public void unit(WalkedUnit unit) {
        code.clear();
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
            open = Arrays.copyOf(open, depth * 2);
        }
        open[depth] = node;
    }

    @Override
    public void range(long low, long high) {
        code.addRange(low, high);
    }

    @Override
    public void entry(long address) {
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
        encoder.begin(code, current.orElseThrow());
        resolver.resolve(code, encoder);
        encoder.end();
    }

    @Override
    public void skipped(SkippedPart part) {
        skipped++;
    }
}
