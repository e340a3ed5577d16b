package dev.stackmapd.elfcore.index;

import java.util.Arrays;

/// The parts of the split functions of one unit, as arrays. Reused from unit to unit; not thread-safe.
final class FunctionParts {
    /// The number of the only part of a function that is not split.
    static final int WHOLE = -1;

    private static final int UNKNOWN = -1;

    private final BuildMemory memory;
    private long[] starts = new long[16];
    private long[] ends = new long[16];
    private int[] rawNames = new int[16];
    private int count;
    private int[] firsts = new int[64];
    private int[] lasts = new int[64];
    private int open;

    FunctionParts(BuildMemory memory) {
        this.memory = memory;
    }

    void clear(int nodes) {
        count = 0;
        if (firsts.length < nodes) {
            firsts = memory.grow(firsts, Math.max(nodes, BuildMemory.larger(firsts.length)));
            lasts = memory.grow(lasts, firsts.length);
        }
        Arrays.fill(firsts, 0, nodes, UNKNOWN);
    }

    boolean knows(int function) {
        return firsts[function] != UNKNOWN;
    }

    /// Begins the parts of a function.
    void begin(int function) {
        open = function;
        firsts[function] = count;
        lasts[function] = count;
    }

    /// Adds the next part, ascending.
    void add(long start, long end, int rawName) {
        if (count == starts.length) {
            starts = memory.grow(starts, BuildMemory.larger(count));
            ends = memory.grow(ends, BuildMemory.larger(count));
            rawNames = memory.grow(rawNames, BuildMemory.larger(count));
        }
        starts[count] = start;
        ends[count] = end;
        rawNames[count++] = rawName;
        lasts[open] = count;
    }

    /// Returns the part of a function that holds an address: the last one that begins at or below it, or
    /// else the first.
    int at(int function, long address) {
        int below = firsts[function];
        int above = lasts[function];
        while (above - below > 1) {
            int middle = (below + above) >>> 1;
            if (Long.compareUnsigned(starts[middle], address) <= 0) {
                below = middle;
            } else {
                above = middle;
            }
        }
        return below;
    }

    /// Returns the start of the next part of the same function; -1 after the last.
    long next(int function, int part) {
        return part + 1 < lasts[function] ? starts[part + 1] : -1;
    }

    long start(int part) {
        return starts[part];
    }

    long size(int part) {
        return ends[part] - starts[part];
    }

    int rawName(int part) {
        return rawNames[part];
    }
}
