package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// The rows of one unit, sorted into sequences: two binary searches find an address. A linker that folds
/// equal functions may leave one sequence of each at the same addresses; then the first one counts.
/// Immutable and thread-safe.
final class LineTable implements RowSink {
    static final int NONE = -1;

    private static final String SOURCE = "line program";
    private static final int MAX_FIRST_ROWS = 1 << 26;
    // Compilers write some five bytes of line program for a row.
    private static final int BYTES_A_ROW = 4;

    private final FileTable files;
    private final ReadBudget budget;
    private final RangeIndex.Builder building;
    private long[] addresses = new long[0];
    private int[] rowFiles = new int[0];
    private int[] lines = new int[0];
    private int[] columns = new int[0];
    private int[] discriminators = new int[0];
    private int rows;
    private int sequenceStart;
    private RangeIndex sequences = RangeIndex.EMPTY;

    private LineTable(FileTable files, ReadBudget budget) {
        this.files = files;
        this.budget = budget;
        this.building = new RangeIndex.Builder(budget, SOURCE);
    }

    /// Runs a unit's line program. Rows before a damaged position are kept; if they exceed the budget,
    /// none are.
    static LineTable read(Unit unit, ReadBudget budget, Skips skips) {
        long heldBefore = budget.bytes();
        long stepsBefore = budget.steps();
        LineTable table = new LineTable(new FileTable(unit, 5), budget);
        try {
            if (unit.hasLines()) {
                LineHeader header = unit.lineHeader(budget);
                table = new LineTable(header.files(), budget);
                table.run(unit, header, skips);
            }
        } catch (OverLimitException e) {
            skips.add(SkippedPart.Scope.LINES, e);
            budget.waste(stepsBefore);
            table = new LineTable(table.files, budget);
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Scope.LINES, e);
        }
        budget.giveBack(budget.bytes() - heldBefore);
        return table;
    }

    private void run(Unit unit, LineHeader header, Skips skips) throws OverLimitException {
        try {
            resize((int) Math.min(MAX_FIRST_ROWS, 64 + (header.end() - header.program()) / BYTES_A_ROW));
            LineProgram.of(unit, header, this, budget).run();
        } catch (OverLimitException e) {
            throw e;
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Scope.LINES, e);
        }
        finish();
    }

    @Override
    public void row(long address, int file, int line, int column, int discriminator, int flags)
            throws MalformedBinaryException {
        if (rows == addresses.length) {
            resize(rows * 2);
        }
        addresses[rows] = address;
        rowFiles[rows] = file;
        lines[rows] = line;
        columns[rows] = column;
        discriminators[rows++] = discriminator;
        if ((flags & END_OF_SEQUENCE) != 0) {
            endSequence(address);
        }
    }

    /// Ends the current sequence, whose payload is its first and last row. A sequence that is empty or
    /// runs backwards is left out.
    private void endSequence(long end) throws OverLimitException {
        long start = addresses[sequenceStart];
        if (Long.compareUnsigned(start, end) < 0) {
            building.add(start, end, (long) sequenceStart << Integer.SIZE | rows);
            sequenceStart = rows;
        }
        rows = sequenceStart;
    }

    private void resize(int size) throws OverLimitException {
        addresses = budget.grow(addresses, size, SOURCE);
        rowFiles = budget.grow(rowFiles, size, SOURCE);
        lines = budget.grow(lines, size, SOURCE);
        columns = budget.grow(columns, size, SOURCE);
        discriminators = budget.grow(discriminators, size, SOURCE);
    }

    private void finish() throws OverLimitException {
        rows = sequenceStart;
        if (rows < addresses.length / 2) {
            resize(rows);
        }
        sequences = building.build();
    }

    /// Returns the number of rows that the table keeps in memory; everything else that it keeps is
    /// counted as rows.
    int weight() {
        return rows + sequences.size() + files.size();
    }

    FileTable files() {
        return files;
    }

    /// Returns the row that an address belongs to: the last of its sequence at or below it, or [#NONE]
    /// between sequences.
    int find(long address) {
        int sequence = sequences.findFirst(address);
        if (sequence == RangeIndex.NONE) {
            return NONE;
        }
        int first = (int) (sequences.payload(sequence) >>> Integer.SIZE);
        int below = first;
        // The last row only ends the sequence.
        int above = (int) sequences.payload(sequence) - 1;
        while (above - below > 1) {
            int middle = (below + above) >>> 1;
            if (Long.compareUnsigned(addresses[middle], address) <= 0) {
                below = middle;
            } else {
                above = middle;
            }
        }
        return below;
    }

    int file(int row) {
        return rowFiles[row];
    }

    int line(int row) {
        return lines[row];
    }

    int column(int row) {
        return columns[row];
    }

    int discriminator(int row) {
        return discriminators[row];
    }
}
