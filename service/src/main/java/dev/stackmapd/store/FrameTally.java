package dev.stackmapd.store;

import dev.stackmapd.stack.PackedStack;
import java.util.Arrays;

/// Counts the frames of one batch by base, with the range of times at which they were seen. Each base
/// takes a few words; nothing is allocated per frame. Not thread-safe.
public final class FrameTally {
    private static final int NONE = -1;
    private static final int FRAMES = 0;
    private static final int FIRST = 1;
    private static final int LAST = 2;
    private static final int LONGS = 3;

    private int[] bases = empty(16);
    private long[] sums = new long[16 * LONGS];
    private int size;

    /// Receives the sums of one base.
    public interface TallyConsumer {
        /// @param base the number of the base
        /// @param frames number of frames times sightings, saturating at 2^63−1
        /// @param first milliseconds since the epoch
        /// @param last milliseconds since the epoch
        void base(int base, long frames, long first, long last);
    }

    /// Adds the frames of a stack.
    ///
    /// @param count number of sightings of the stack
    /// @param time of the sightings, milliseconds since the epoch
    public void add(PackedStack stack, long count, long time) {
        int at = stack.nextBased(0);
        while (at != PackedStack.END) {
            int base = stack.baseAt(at);
            long frames = 0;
            // A call chain stays in one file for a while.
            do {
                frames++;
                at = stack.nextBased(at + 1);
            } while (at != PackedStack.END && stack.baseAt(at) == base);
            add(slot(base), saturatingProduct(frames, count), time);
        }
    }

    /// Passes the sums of every base to `consumer`, in no particular order.
    public void forEach(TallyConsumer consumer) {
        for (int slot = 0; slot < bases.length; slot++) {
            if (bases[slot] != NONE) {
                int at = slot * LONGS;
                consumer.base(bases[slot], sums[at + FRAMES], sums[at + FIRST], sums[at + LAST]);
            }
        }
    }

    private void add(int slot, long frames, long time) {
        int at = slot * LONGS;
        sums[at + FRAMES] = saturatingSum(sums[at + FRAMES], frames);
        sums[at + FIRST] = Math.min(sums[at + FIRST], time);
        sums[at + LAST] = Math.max(sums[at + LAST], time);
    }

    private int slot(int base) {
        int slot = find(base);
        if (bases[slot] == base) {
            return slot;
        }
        if (2 * (size + 1) > bases.length) {
            grow();
            slot = find(base);
        }
        size++;
        put(slot, base, 0, Long.MAX_VALUE, Long.MIN_VALUE);
        return slot;
    }

    private void put(int slot, int base, long frames, long first, long last) {
        bases[slot] = base;
        sums[slot * LONGS + FRAMES] = frames;
        sums[slot * LONGS + FIRST] = first;
        sums[slot * LONGS + LAST] = last;
    }

    /// Returns the slot of a base, or the free slot for it. Numbers are dense, so they need no hashing.
    private int find(int base) {
        int mask = bases.length - 1;
        int slot = base & mask;
        while (bases[slot] != NONE && bases[slot] != base) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        int[] before = bases;
        long[] sumsBefore = sums;
        bases = empty(before.length * 2);
        sums = new long[bases.length * LONGS];
        for (int slot = 0; slot < before.length; slot++) {
            if (before[slot] != NONE) {
                int at = slot * LONGS;
                put(
                        find(before[slot]),
                        before[slot],
                        sumsBefore[at + FRAMES],
                        sumsBefore[at + FIRST],
                        sumsBefore[at + LAST]);
            }
        }
    }

    private static int[] empty(int slots) {
        int[] bases = new int[slots];
        Arrays.fill(bases, NONE);
        return bases;
    }

    /// Returns the sum of two non-negative numbers, saturating at 2^63−1.
    public static long saturatingSum(long a, long b) {
        return Math.min(a, Long.MAX_VALUE - b) + b;
    }

    private static long saturatingProduct(long a, long b) {
        return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
    }
}
