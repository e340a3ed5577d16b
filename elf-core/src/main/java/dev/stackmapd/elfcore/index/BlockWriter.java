package dev.stackmapd.elfcore.index;

import java.io.IOException;
import java.io.UncheckedIOException;
/// Packs entries into blocks and writes the blocks. Keeps two numbers for each block. Not thread-safe.

final class BlockWriter implements EntrySink {
    private static final int NOTHING = -1;

    private final BuildMemory memory;
    private final IndexOutput out;
    private final int[] fileNumbers;
    private final ByteSink block;
    private final ByteSink longLengths;
    private final ByteSink firstHalf;
    private final ByteSink secondHalf;
    private final long[] entryStarts = new long[IndexFormat.BLOCK_ENTRIES];
    private final int[] contexts = new int[IndexFormat.BLOCK_ENTRIES];
    private final int[] files = new int[IndexFormat.BLOCK_ENTRIES];
    private final int[] lines = new int[IndexFormat.BLOCK_ENTRIES];
    private final int[] columns = new int[IndexFormat.BLOCK_ENTRIES];
    private int entries;
    private long[] starts = new long[1 << 8];
    private long[] offsets = new long[1 << 8];
    private int blocks;
    private long written;
    private long reached;

    /// @param fileNumbers the numbers in the index of the files of the pool
    BlockWriter(BuildMemory memory, IndexOutput out, int[] fileNumbers) {
        this.memory = memory;
        this.block = new ByteSink(memory, IndexFormat.MAX_BLOCK_BYTES);
        this.longLengths = new ByteSink(memory, 64);
        this.firstHalf = new ByteSink(memory, IndexFormat.MAX_BLOCK_BYTES);
        this.secondHalf = new ByteSink(memory, IndexFormat.MAX_BLOCK_BYTES);
        this.out = out;
        this.fileNumbers = fileNumbers;
    }

    int blocks() {
        return blocks;
    }

    /// Returns the start of a block; for the index after the last, the end of the last.
    long start(int index) {
        return index == blocks ? reached : starts[index];
    }

    /// Returns the offset of a block; for the index after the last, the end of the last.
    long offset(int index) {
        return index == blocks ? written : offsets[index];
    }

    @Override
    public void entry(long start, long end, int itsContext, int itsFile, int line, int column) {
        int file = fileNumbers[itsFile];
        boolean first = blocks == 0 && entries == 0;
        if (!first && start != reached) {
            put(reached, NOTHING, 0, 0, 0);
            put(start, itsContext, file, line, column);
        } else if (first || !sameAsLast(itsContext, file, line, column)) {
            put(start, itsContext, file, line, column);
        }
        reached = end;
    }

    private boolean sameAsLast(int itsContext, int file, int line, int column) {
        int last = entries - 1;
        return last >= 0
                && contexts[last] == itsContext
                && files[last] == file
                && lines[last] == line
                && columns[last] == column;
    }

    private void put(long start, int itsContext, int file, int line, int column) {
        if (entries == IndexFormat.BLOCK_ENTRIES) {
            finishBlock();
        }
        entryStarts[entries] = start;
        contexts[entries] = itsContext;
        files[entries] = file;
        lines[entries] = line;
        columns[entries++] = column;
    }

    @Override
    public void end() {
        if (entries > 0) {
            finishBlock();
        }
    }

    private void finishBlock() {
        block.clear();
        firstHalf.clear();
        secondHalf.clear();
        int middle = Math.min(entries, IndexFormat.HALF_ENTRIES);
        putOperations(0, middle, firstHalf);
        putOperations(middle, entries, secondHalf);
        putLengths();
        block.bytes(firstHalf.array(), 0, firstHalf.size());
        block.bytes(secondHalf.array(), 0, secondHalf.size());
        if (blocks == starts.length) {
            starts = memory.grow(starts, blocks * 2);
            offsets = memory.grow(offsets, blocks * 2);
        }
        starts[blocks] = entryStarts[0];
        offsets[blocks++] = written;
        written += block.size();
        try {
            out.write(block);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        entries = 0;
    }

    private void putLengths() {
        longLengths.clear();
        for (int i = 0; i + 1 < entries; i++) {
            long length = entryStarts[i + 1] - entryStarts[i];
            if (Long.compareUnsigned(length, 255) > 0) {
                longLengths.varint(length);
            }
        }
        boolean anyLong = longLengths.size() > 0;
        block.u8((entries - 1) | (anyLong ? IndexFormat.LONG_LENGTHS : 0));
        if (anyLong) {
            block.varint(longLengths.size());
        }
        if (entries > IndexFormat.HALF_ENTRIES) {
            block.varint(firstHalf.size());
        }
        for (int i = 0; i + 1 < entries; i++) {
            long length = entryStarts[i + 1] - entryStarts[i];
            block.u8(Long.compareUnsigned(length, 255) > 0 ? 0 : (int) length);
        }
        block.bytes(longLengths.array(), 0, longLengths.size());
    }

    private void putOperations(int from, int to, ByteSink into) {
        // The last entry at which anything is known, which a reader has decoded before entry i.
        int base = NOTHING;
        for (int i = from; i < to; i++) {
            if (contexts[i] == NOTHING) {
                into.u8(IndexFormat.OP_NOTHING);
            } else {
                int same = same(i, from);
                if (same >= 0) {
                    into.u8(IndexFormat.OP_SAME + i - same - 1);
                } else if (base == NOTHING || !putShort(i, base, into)) {
                    putFull(i, base, from, into);
                }
                base = i;
            }
        }
    }

    /// Returns the last entry from `first` on and before this one that is equal to it, or [#NOTHING].
    private int same(int entry, int first) {
        for (int i = entry - 1; i >= first; i--) {
            if (contexts[i] == contexts[entry]
                    && lines[i] == lines[entry]
                    && columns[i] == columns[entry]
                    && files[i] == files[entry]) {
                return i;
            }
        }
        return NOTHING;
    }

    private boolean putShort(int entry, int base, ByteSink into) {
        long step = (long) lines[entry] - lines[base] - IndexFormat.LOWEST_SHORT_LINE;
        if (contexts[entry] != contexts[base]
                || files[entry] != files[base]
                || step < 0
                || step >= IndexFormat.SHORT_LINES) {
            return false;
        }
        if (columns[entry] == columns[base]) {
            into.u8(IndexFormat.OP_SHORT_SAME_COLUMN + (int) step);
        } else {
            into.u8(IndexFormat.OP_SHORT + (int) step);
            into.varint(columns[entry] & 0xffff_ffffL);
        }
        return true;
    }

    private void putFull(int entry, int last, int first, ByteSink into) {
        int base = last;
        int operation = 0;
        for (int i = entry - 1; i >= first && (base == NOTHING || contexts[base] != contexts[entry]); i--) {
            if (contexts[i] == contexts[entry]) {
                base = i;
                operation = IndexFormat.OP_FROM;
            }
        }
        int fromContext = base == NOTHING ? 0 : contexts[base];
        int fromFile = base == NOTHING ? 0 : files[base];
        int fromLine = base == NOTHING ? 0 : lines[base];
        operation |= contexts[entry] == fromContext ? 0 : IndexFormat.OP_CONTEXT;
        operation |= files[entry] == fromFile ? 0 : IndexFormat.OP_FILE;
        operation |= lines[entry] == fromLine && files[entry] == fromFile ? 0 : IndexFormat.OP_LINE;
        operation |= columns[entry] == (base == NOTHING ? 0 : columns[base]) ? 0 : IndexFormat.OP_COLUMN;
        // An entry that is all zero needs an operation too.
        operation |= operation == 0 ? IndexFormat.OP_COLUMN : 0;
        putFields(entry, operation, entry - base, fromContext, fromLine, into);
    }

    private void putFields(int entry, int operation, int back, int fromContext, int fromLine, ByteSink into) {
        into.u8(operation);
        if ((operation & IndexFormat.OP_FROM) != 0) {
            into.varint(back);
        }
        if ((operation & IndexFormat.OP_CONTEXT) != 0) {
            into.zigzag((long) contexts[entry] - fromContext);
        }
        if ((operation & IndexFormat.OP_FILE) != 0) {
            into.varint(files[entry]);
        }
        if ((operation & IndexFormat.OP_LINE) != 0) {
            boolean whole = (operation & IndexFormat.OP_FILE) != 0;
            if (whole) {
                into.varint(lines[entry] & 0xffff_ffffL);
            } else {
                into.zigzag(lines[entry] - fromLine);
            }
        }
        if ((operation & IndexFormat.OP_COLUMN) != 0) {
            into.varint(columns[entry] & 0xffff_ffffL);
        }
    }
}
