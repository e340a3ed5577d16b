package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.OverLimitException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.util.Arrays;

/// Ranges by address, each with a payload; they may overlap. Immutable and thread-safe.
///
/// Sorted by where they begin, with a running maximum of where they end, so that a look-up walks back
/// from the last range that begins at or below the address and stops when no earlier one can reach it.
/// The first range that holds the address is the innermost of nested ones. Of equal beginnings the one
/// added last comes first; it is the deeper one if parents are added before their children.
final class RangeIndex {
    static final int NONE = -1;
    static final RangeIndex EMPTY = new RangeIndex(new long[0], new long[0], new long[0]);
    /// Heap of one range.
    static final long BYTES = 4L * Long.BYTES;

    private final long[] lows;
    private final long[] highs;
    private final long[] furthest;
    private final long[] payloads;

    private RangeIndex(long[] lows, long[] highs, long[] payloads) {
        this.lows = lows;
        this.highs = highs;
        this.payloads = payloads;
        this.furthest = new long[highs.length];
        long reach = 0;
        for (int i = 0; i < highs.length; i++) {
            reach = Long.compareUnsigned(highs[i], reach) > 0 ? highs[i] : reach;
            furthest[i] = reach;
        }
    }

    int size() {
        return lows.length;
    }

    long payload(int index) {
        return payloads[index];
    }

    /// Returns the first range in look-up order that holds the address, or [#NONE].
    int find(long address) {
        return next(address, lastAtOrBelow(address) + 1);
    }

    /// Returns the range after `index` in look-up order that holds the address, or [#NONE].
    int next(long address, int index) {
        for (int i = index - 1; i >= 0; i--) {
            if (Long.compareUnsigned(furthest[i], address) <= 0) {
                return NONE;
            }
            if (Long.compareUnsigned(address, highs[i]) < 0) {
                return i;
            }
        }
        return NONE;
    }

    /// Returns the range that holds the address; of several that begin at one address the longest, of
    /// equal ones the one that was added first. [#NONE] where there is none.
    int findFirst(long address) {
        int found = find(address);
        for (int i = found - 1; i >= 0 && lows[i] == lows[found]; i--) {
            found = Long.compareUnsigned(highs[i], highs[found]) >= 0 ? i : found;
        }
        return found;
    }

    /// Returns the range added just before this one that holds exactly the same addresses, or [#NONE].
    int equalBefore(int index) {
        for (int i = index - 1; i >= 0 && lows[i] == lows[index]; i--) {
            if (highs[i] == highs[index]) {
                return i;
            }
        }
        return NONE;
    }

    long low(int index) {
        return lows[index];
    }

    private int lastAtOrBelow(long address) {
        int below = 0;
        int above = lows.length;
        while (below < above) {
            int middle = (below + above) >>> 1;
            if (Long.compareUnsigned(lows[middle], address) <= 0) {
                below = middle + 1;
            } else {
                above = middle;
            }
        }
        return below - 1;
    }

    /// Collects ranges in any order. Not thread-safe.
    static final class Builder {
        /// Heap of a range during sorting, in addition to that for gathering: two orders, two lists of
        /// runs, and [#BYTES].
        private static final long SORTING_BYTES = 4L * Integer.BYTES + BYTES;

        private static final int FIRST = 16;

        private final ReadBudget budget;
        private final String source;
        private long[] lows = new long[FIRST];
        private long[] highs = new long[FIRST];
        private long[] payloads = new long[FIRST];
        private int size;

        /// @param budget for the ranges
        /// @param source what the ranges are of, for the error
        Builder(ReadBudget budget, String source) {
            this.budget = budget;
            this.source = source;
        }

        int size() {
            return size;
        }

        void add(long low, long high, long payload) throws OverLimitException {
            if (size == lows.length) {
                lows = budget.grow(lows, size * 2, source);
                highs = budget.grow(highs, size * 2, source);
                payloads = budget.grow(payloads, size * 2, source);
            }
            lows[size] = low;
            highs[size] = high;
            payloads[size++] = payload;
        }

        /// Returns the ranges added so far, which stay charged. Gives back the heap that gathering and
        /// sorting took, and starts with no ranges again.
        RangeIndex build() throws OverLimitException {
            budget.take(SORTING_BYTES * size, source);
            int[] order = sortedOrder();
            long[] sortedLows = new long[size];
            long[] sortedHighs = new long[size];
            long[] sortedPayloads = new long[size];
            for (int i = 0; i < size; i++) {
                sortedLows[i] = lows[order[i]];
                sortedHighs[i] = highs[order[i]];
                sortedPayloads[i] = payloads[order[i]];
            }
            budget.giveBack((SORTING_BYTES - BYTES) * size + 3L * Long.BYTES * (lows.length - FIRST));
            lows = new long[FIRST];
            highs = new long[FIRST];
            payloads = new long[FIRST];
            size = 0;
            return new RangeIndex(sortedLows, sortedHighs, sortedPayloads);
        }

        /// Returns the sorted order. It is a stable merge sort of ascending runs, because compilers
        /// write most ranges in order.
        private int[] sortedOrder() {
            int[] from = new int[size];
            Arrays.setAll(from, i -> i);
            int[] into = new int[size];
            int[] runs = runs();
            while (runs.length > 2) {
                int[] merged = new int[runs.length / 2 + 1];
                int count = 0;
                for (int i = 0; i + 1 < runs.length; i += 2) {
                    int end = runs[Math.min(i + 2, runs.length - 1)];
                    merge(from, into, runs[i], runs[i + 1], end);
                    merged[count++] = runs[i];
                }
                merged[count++] = size;
                runs = Arrays.copyOf(merged, count);
                int[] swap = from;
                from = into;
                into = swap;
            }
            return from;
        }

        /// Returns the indexes at which ascending runs begin, and the end.
        private int[] runs() {
            int[] found = new int[16];
            int count = 0;
            for (int i = 0; i < size; i++) {
                if (i == 0 || Long.compareUnsigned(lows[i], lows[i - 1]) < 0) {
                    found = count + 1 >= found.length ? Arrays.copyOf(found, count * 2) : found;
                    found[count++] = i;
                }
            }
            found[count++] = size;
            return Arrays.copyOf(found, count);
        }

        private void merge(int[] from, int[] into, int left, int middle, int end) {
            int right = middle;
            int at = left;
            for (int i = left; i < end; i++) {
                boolean takeLeft =
                        at < middle && (right >= end || Long.compareUnsigned(lows[from[at]], lows[from[right]]) <= 0);
                into[i] = takeLeft ? from[at++] : from[right++];
            }
        }
    }
}
