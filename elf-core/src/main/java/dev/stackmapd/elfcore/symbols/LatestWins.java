package dev.stackmapd.elfcore.symbols;

import java.util.Arrays;

/// Cuts overlapping ranges into pieces, each of which belongs to the range with the highest index.
///
/// A sweep over starts in ascending order with a heap of the ranges that have begun, the latest on top;
/// those that have ended are dropped when they reach the top. O(n log n), at most two pieces for each
/// range.
final class LatestWins {
    private final long[] starts;
    private final long[] sizes;
    private final int count;
    private final int[] heap;
    private int heapSize;
    private final long[] pieces;
    private final int[] owners;
    private int pieceCount;

    private LatestWins(long[] starts, long[] sizes, int count) {
        this.starts = starts;
        this.sizes = sizes;
        this.count = count;
        this.heap = new int[count + 1];
        this.pieces = new long[2 * count];
        this.owners = new int[2 * count];
    }

    /// @param starts unsigned, in any order
    /// @param sizes bytes, unsigned, not 0; no range wraps
    static Ranges of(long[] starts, long[] sizes, int count) {
        return new LatestWins(starts, sizes, count).sweep();
    }

    private Ranges sweep() {
        int[] byStart = IndexSort.sorted(count, (a, b) -> Long.compareUnsigned(starts[a], starts[b]));
        for (int next : byStart) {
            endBefore(starts[next]);
            push(next);
            emit(starts[next], heap[1]);
        }
        endBefore(-1);
        return Ranges.owned(Arrays.copyOf(pieces, pieceCount), Arrays.copyOf(owners, pieceCount));
    }

    /// Ends every piece whose owner's last byte lies before an address, and assigns the code after it to
    /// the next latest range that reaches it.
    private void endBefore(long address) {
        while (heapSize > 0 && Long.compareUnsigned(lastOf(heap[1]), address) < 0) {
            long last = lastOf(heap[1]);
            while (heapSize > 0 && Long.compareUnsigned(lastOf(heap[1]), last) <= 0) {
                pop();
            }
            emit(last + 1, heapSize == 0 ? SymbolTable.NONE : heap[1]);
        }
    }

    private void emit(long start, int owner) {
        long key = start ^ Long.MIN_VALUE;
        if (pieceCount > 0 && pieces[pieceCount - 1] == key) {
            pieceCount--;
        }
        if (pieceCount == 0 || owners[pieceCount - 1] != owner) {
            pieces[pieceCount] = key;
            owners[pieceCount++] = owner;
        }
    }

    private long lastOf(int index) {
        return starts[index] + sizes[index] - 1;
    }

    private void push(int index) {
        int at = ++heapSize;
        while (at > 1 && heap[at / 2] < index) {
            heap[at] = heap[at / 2];
            at /= 2;
        }
        heap[at] = index;
    }

    private void pop() {
        int moved = heap[heapSize--];
        int at = 1;
        for (int child = 2; child <= heapSize; child = 2 * at) {
            if (child < heapSize && heap[child + 1] > heap[child]) {
                child++;
            }
            if (heap[child] <= moved) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = moved;
    }
}
