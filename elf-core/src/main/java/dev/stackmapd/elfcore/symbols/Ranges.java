package dev.stackmapd.elfcore.symbols;

import java.util.Arrays;

/// Addresses cut into ranges with one owner each, and single addresses that have an owner outside all
/// ranges.
final class Ranges {
    private final long[] starts; // sign-flipped, ascending; each range ends where the next begins
    private final int[] owners; // of the range, or NONE
    private final long[] labels; // sign-flipped, ascending
    private final int[] labelOwners;

    private Ranges(long[] starts, int[] owners, long[] labels, int[] labelOwners) {
        this.starts = starts;
        this.owners = owners;
        this.labels = labels;
        this.labelOwners = labelOwners;
    }

    /// @param starts unsigned ascending; of equal ones the larger size first, and no pair twice
    /// @param sizes bytes, unsigned; 0 makes a label
    static Ranges of(long[] starts, long[] sizes) {
        Sweep sweep = new Sweep(starts, sizes);
        int[] labels = new int[starts.length];
        int labelCount = 0;
        for (int symbol = 0; symbol < starts.length; symbol++) {
            if (sizes[symbol] == 0) {
                labels[labelCount++] = symbol;
            } else {
                sweep.add(symbol);
            }
        }
        // A symbol that reaches the end of the address space needs no range after it.
        sweep.endBefore(-1);
        long[] labelStarts = new long[labelCount];
        for (int i = 0; i < labelCount; i++) {
            labelStarts[i] = flip(starts[labels[i]]);
        }
        return new Ranges(
                Arrays.copyOf(sweep.rangeStarts, sweep.ranges),
                Arrays.copyOf(sweep.owners, sweep.ranges),
                labelStarts,
                Arrays.copyOf(labels, labelCount));
    }

    /// Returns ranges whose owners are already known.
    ///
    /// @param starts sign-flipped, ascending; each range ends where the next begins
    /// @param owners of each range, or `NONE`
    static Ranges owned(long[] starts, int[] owners) {
        return new Ranges(starts, owners, new long[0], new int[0]);
    }

    int ownerOf(long address) {
        long key = flip(address);
        int at = Arrays.binarySearch(starts, key);
        int range = at >= 0 ? at : -at - 2;
        if (range >= 0 && owners[range] != SymbolTable.NONE) {
            return owners[range];
        }
        int label = Arrays.binarySearch(labels, key);
        return label >= 0 ? labelOwners[label] : SymbolTable.NONE;
    }

    /// Passes all ranges to `sink` in order. A label that no range covers becomes a range of one byte.
    void forEach(SymbolTable.SymbolRangeConsumer sink) {
        int label = 0;
        for (int i = 0; i <= starts.length; i++) {
            boolean last = i == starts.length;
            long next = last ? Long.MAX_VALUE : starts[i];
            boolean covered = i > 0 && owners[i - 1] != SymbolTable.NONE;
            for (; label < labels.length && (last || labels[label] < next); label++) {
                if (!covered) {
                    sink.range(flip(labels[label]), labelOwners[label]);
                    long after = labels[label] + 1;
                    if (after < next && (label + 1 == labels.length || labels[label + 1] != after)) {
                        sink.range(flip(after), SymbolTable.NONE);
                    }
                }
            }
            if (!last) {
                sink.range(flip(next), owners[i]);
            }
        }
    }

    long heapBytes() {
        return 12L * (starts.length + labels.length);
    }

    private static long flip(long address) {
        return address ^ Long.MIN_VALUE;
    }

    /// Iterates over symbols by start and keeps those that have not ended on a stack. The top of the
    /// stack owns the address.
    ///
    /// A symbol below the top may have ended already; it is dropped when it reaches the top.
    private static final class Sweep {
        private final long[] starts;
        private final long[] sizes;
        private final long[] rangeStarts;
        private final int[] owners;
        private int ranges;
        private final int[] open;
        private int depth;

        private Sweep(long[] starts, long[] sizes) {
            this.starts = starts;
            this.sizes = sizes;
            this.rangeStarts = new long[2 * starts.length];
            this.owners = new int[2 * starts.length];
            this.open = new int[starts.length];
        }

        private void add(int symbol) {
            endBefore(starts[symbol]);
            open[depth++] = symbol;
            emit(starts[symbol], symbol);
        }

        /// Closes every symbol whose last byte lies before `address`, and assigns the code after it to
        /// the one below.
        private void endBefore(long address) {
            while (depth > 0 && Long.compareUnsigned(lastOf(open[depth - 1]), address) < 0) {
                long last = lastOf(open[depth - 1]);
                while (depth > 0 && Long.compareUnsigned(lastOf(open[depth - 1]), last) <= 0) {
                    depth--;
                }
                emit(last + 1, depth == 0 ? SymbolTable.NONE : open[depth - 1]);
            }
        }

        private void emit(long start, int owner) {
            if (ranges > 0 && rangeStarts[ranges - 1] == flip(start)) {
                ranges--;
            }
            rangeStarts[ranges] = flip(start);
            owners[ranges++] = owner;
        }

        private long lastOf(int symbol) {
            return starts[symbol] + sizes[symbol] - 1;
        }
    }
}
