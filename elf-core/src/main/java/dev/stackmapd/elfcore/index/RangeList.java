package dev.stackmapd.elfcore.index;

/// Ranges of one unit in any order, each with an owner; they may overlap. It cuts them into [Cuts]: the
/// range that begins closest before an address owns it, of several that begin there the one added last,
/// unless [Ties] decides otherwise. After its end the enclosing one owns again. Reused from unit to
/// unit; not thread-safe.
final class RangeList {
    private static final int SHORT = 12;

    private final BuildMemory memory;
    private long[] lows = new long[64];
    private long[] highs = new long[64];
    private int[] owners = new int[64];
    private int count;
    private int[] order = new int[64];
    private int[] scratch = new int[64];
    private int[] open = new int[64];
    private int depth;

    RangeList(BuildMemory memory) {
        this.memory = memory;
    }

    /// Decides between ranges that begin at one address.
    interface Ties {
        /// The later one owns the code: the deeper one where parents are added first.
        Ties LATER = (range, later) -> false;

        /// Returns true if a range keeps its code although another one was added later.
        boolean keeps(int range, int later);
    }

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    long low(int index) {
        return lows[index];
    }

    long high(int index) {
        return highs[index];
    }

    int owner(int index) {
        return owners[index];
    }

    void add(long low, long high, int owner) {
        if (count == lows.length) {
            lows = memory.grow(lows, BuildMemory.larger(count));
            highs = memory.grow(highs, BuildMemory.larger(count));
            owners = memory.grow(owners, BuildMemory.larger(count));
        }
        lows[count] = low;
        highs[count] = high;
        owners[count++] = owner;
    }

    /// Moves the end of the range that was added last.
    void extendLast(long high) {
        highs[count - 1] = high;
    }

    /// Returns the numbers of the ranges `[from, to)` in the order of their starts; equal ones in the
    /// order in which they were added. The caller owns the array.
    int[] order(int from, int to) {
        sortInto(from, to);
        int[] sorted = memory.ints(to - from);
        System.arraycopy(order, 0, sorted, 0, sorted.length);
        return sorted;
    }

    /// Appends the cuts of the ranges `[from, to)`, numbered in the order in which they were added. Cuts
    /// that are already there must lie below, or be used separately. Code after the last range has no
    /// owner.
    void cut(int from, int to, Cuts into, Ties ties) {
        sortInto(from, to);
        depth = 0;
        for (int i = 0; i < to - from; i++) {
            int range = order[i];
            endUpTo(lows[range], into);
            if (depth > 0 && lows[open[depth - 1]] == lows[range] && ties.keeps(open[depth - 1], range)) {
                continue;
            }
            open[depth++] = range;
            into.put(lows[range], owners[range]);
        }
        endUpTo(-1, into);
    }

    private void sortInto(int from, int to) {
        int size = to - from;
        if (order.length < size) {
            order = memory.grow(order, Math.max(size, BuildMemory.larger(order.length)));
            scratch = memory.grow(scratch, order.length);
            open = memory.grow(open, order.length);
        }
        for (int i = 0; i < size; i++) {
            order[i] = from + i;
        }
        sort(0, size);
    }

    /// Closes the ranges that end at or below an address. Ranges below the top of the stack may have
    /// ended already.
    private void endUpTo(long address, Cuts into) {
        while (depth > 0 && Long.compareUnsigned(highs[open[depth - 1]], address) <= 0) {
            long end = highs[open[depth - 1]];
            while (depth > 0 && Long.compareUnsigned(highs[open[depth - 1]], end) <= 0) {
                depth--;
            }
            into.put(end, depth == 0 ? Cuts.NONE : owners[open[depth - 1]]);
        }
    }

    /// Sorts stably. It is a merge sort that skips runs in order, because compilers write most ranges in
    /// order.
    private void sort(int from, int to) {
        if (to - from <= SHORT) {
            insertionSort(from, to);
            return;
        }
        int middle = (from + to) >>> 1;
        sort(from, middle);
        sort(middle, to);
        if (!inOrder(order[middle - 1], order[middle])) {
            merge(from, middle, to);
        }
    }

    private boolean inOrder(int first, int second) {
        return Long.compareUnsigned(lows[first], lows[second]) <= 0;
    }

    private void insertionSort(int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int moved = order[i];
            int at = i;
            while (at > from && !inOrder(order[at - 1], moved)) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = moved;
        }
    }

    private void merge(int from, int middle, int to) {
        int left = middle - from;
        System.arraycopy(order, from, scratch, 0, left);
        int at = from;
        int right = middle;
        for (int i = 0; i < left; ) {
            order[at++] = right == to || inOrder(scratch[i], order[right]) ? scratch[i++] : order[right++];
        }
    }
}
