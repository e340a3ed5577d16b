package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import java.util.Arrays;

/// The rows of one unit, sorted into sequences: two binary searches find an address. A linker that folds equal
/// functions may leave a sequence of each of them at the same addresses: the first one counts. Immutable and
/// thread-safe.
final class LineTable implements RowSink {
    static final int NONE = -1;

    // Compilers need some five bytes of program for a row.
    private static final int BYTES_A_ROW = 4;

    private final FileTable files;
    private final int maxRows;
    private final RangeIndex.Builder building = new RangeIndex.Builder();
    private long[] addresses = new long[64];
    private int[] rowFiles = new int[64];
    private int[] lines = new int[64];
    private int[] columns = new int[64];
    private int[] discriminators = new int[64];
    private int rows;
    private int sequenceStart;
    private RangeIndex sequences = building.build();

    private LineTable(FileTable files, int maxRows) {
        this.files = files;
        this.maxRows = maxRows;
    }

    /// Runs a unit's line program. Rows before a damage are kept.
    static LineTable read(Unit unit, WorkBudget budget, Skips skips) {
        LineTable table =
                new LineTable(new FileTable(unit, 5), unit.object().limits().maxLineRows());
        try {
            if (unit.hasLines()) {
                LineHeader header = unit.lineHeader(budget);
                table = new LineTable(header.files(), unit.object().limits().maxLineRows());
                table.resize((int) Math.min(table.maxRows, 64 + (header.end() - header.program()) / BYTES_A_ROW));
                LineProgram.of(unit, header, table, budget).run();
            }
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Part.LINES, e);
        }
        table.finish();
        return table;
    }

    @Override
    public void row(long address, int file, int line, int column, int discriminator, int flags)
            throws MalformedBinaryException {
        if (rows == maxRows) {
            throw new OverLimitException("line program", 0, "more than " + maxRows + " rows");
        }
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

    /// A sequence that is empty or runs backwards is left out. Its payload is first and last row.
    private void endSequence(long end) {
        long start = addresses[sequenceStart];
        if (Long.compareUnsigned(start, end) < 0) {
            building.add(start, end, (long) sequenceStart << Integer.SIZE | rows);
            sequenceStart = rows;
        }
        rows = sequenceStart;
    }

    private void resize(int size) {
        addresses = Arrays.copyOf(addresses, size);
        rowFiles = Arrays.copyOf(rowFiles, size);
        lines = Arrays.copyOf(lines, size);
        columns = Arrays.copyOf(columns, size);
        discriminators = Arrays.copyOf(discriminators, size);
    }

    private void finish() {
        rows = sequenceStart;
        if (rows < addresses.length / 2) {
            resize(rows);
        }
        sequences = building.build();
    }

    int rows() {
        return rows;
    }

    FileTable files() {
        return files;
    }

    /// The row that an address belongs to: the last of its sequence at or below it, or [#NONE] between sequences.
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
