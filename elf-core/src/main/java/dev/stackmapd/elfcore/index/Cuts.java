package dev.stackmapd.elfcore.index;

/// Addresses cut into ranges with one owner each: a range goes from its start to the next one's.
/// Ascending, unsigned; no two neighbours have the same owner. Reused from unit to unit; not
/// thread-safe.
final class Cuts {
    static final int NONE = -1;

    private final BuildMemory memory;
    private long[] starts = new long[64];
    private int[] owners = new int[64];
    private int count;
    private int begun;

    Cuts(BuildMemory memory) {
        this.memory = memory;
    }

    void clear() {
        count = 0;
        begun = 0;
    }

    /// Begins an independent list of cuts, which may lie anywhere.
    ///
    /// @return the number of the first
    int begin() {
        begun = count;
        return count;
    }

    int count() {
        return count;
    }

    long start(int index) {
        return starts[index];
    }

    int owner(int index) {
        return owners[index];
    }

    /// Sets the owner from `start` on, which must not lie below the last start since [#begin].
    void put(long start, int owner) {
        if (count > begun && starts[count - 1] == start) {
            count--;
        }
        if (owner == (count == begun ? NONE : owners[count - 1])) {
            return;
        }
        if (count == starts.length) {
            starts = memory.grow(starts, BuildMemory.larger(count));
            owners = memory.grow(owners, BuildMemory.larger(count));
        }
        starts[count] = start;
        owners[count++] = owner;
    }

    /// Returns the last cut of `[from, to)` that starts at or below an address, or `from - 1`.
    int lastAtOrBelow(long address, int from, int to) {
        int below = from;
        int above = to;
        while (below < above) {
            int middle = (below + above) >>> 1;
            if (Long.compareUnsigned(starts[middle], address) <= 0) {
                below = middle + 1;
            } else {
                above = middle;
            }
        }
        return below - 1;
    }
}
