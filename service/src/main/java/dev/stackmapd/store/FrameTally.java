package dev.stackmapd.store;

import dev.stackmapd.stack.PackedStack;
import java.util.Arrays;

/// How many frames of one batch lie in which binary, and when they were seen. A few words for each binary; nothing is
/// allocated for a frame. Not thread-safe.
public final class FrameTally {
    private static final int NONE = -1;
    private static final int FRAMES = 0;
    private static final int FIRST = 1;
    private static final int LAST = 2;
    private static final int LONGS = 3;

    private int[] ordinals = empty(16);
    private long[] sums = new long[16 * LONGS];
    private int size;

    /// Told of each binary.
    public interface Sink {
        /// @param ordinal the build-id's number
        /// @param frames times sightings; 2^63−1 if it is more
        /// @param first milliseconds since the epoch
        /// @param last milliseconds since the epoch
        void binary(int ordinal, long frames, long first, long last);
    }

    /// @param count sightings of the stack
    /// @param time of them, milliseconds since the epoch
    public void add(PackedStack stack, long count, long time) {
        int at = stack.nextInFile(0);
        while (at != PackedStack.END) {
            int ordinal = stack.ordinalAt(at);
            long frames = 0;
            // A call chain stays in one binary for a while.
            do {
                frames++;
                at = stack.nextInFile(at + 1);
            } while (at != PackedStack.END && stack.ordinalAt(at) == ordinal);
            add(slot(ordinal), saturatingProduct(frames, count), time);
        }
    }

    /// In no order.
    public void forEach(Sink sink) {
        for (int slot = 0; slot < ordinals.length; slot++) {
            if (ordinals[slot] != NONE) {
                int at = slot * LONGS;
                sink.binary(ordinals[slot], sums[at + FRAMES], sums[at + FIRST], sums[at + LAST]);
            }
        }
    }

    private void add(int slot, long frames, long time) {
        int at = slot * LONGS;
        sums[at + FRAMES] = saturatingSum(sums[at + FRAMES], frames);
        sums[at + FIRST] = Math.min(sums[at + FIRST], time);
        sums[at + LAST] = Math.max(sums[at + LAST], time);
    }

    private int slot(int ordinal) {
        int slot = find(ordinal);
        if (ordinals[slot] == ordinal) {
            return slot;
        }
        if (2 * (size + 1) > ordinals.length) {
            grow();
            slot = find(ordinal);
        }
        size++;
        put(slot, ordinal, 0, Long.MAX_VALUE, Long.MIN_VALUE);
        return slot;
    }

    private void put(int slot, int ordinal, long frames, long first, long last) {
        ordinals[slot] = ordinal;
        sums[slot * LONGS + FRAMES] = frames;
        sums[slot * LONGS + FIRST] = first;
        sums[slot * LONGS + LAST] = last;
    }

    /// Where an ordinal is or belongs. Ordinals are dense, so they spread by themselves.
    private int find(int ordinal) {
        int mask = ordinals.length - 1;
        int slot = ordinal & mask;
        while (ordinals[slot] != NONE && ordinals[slot] != ordinal) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        int[] before = ordinals;
        long[] sumsBefore = sums;
        ordinals = empty(before.length * 2);
        sums = new long[ordinals.length * LONGS];
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
        int[] ordinals = new int[slots];
        Arrays.fill(ordinals, NONE);
        return ordinals;
    }

    /// 2^63−1 if it is more.
    public static long saturatingSum(long a, long b) {
        return Math.min(a, Long.MAX_VALUE - b) + b;
    }

    private static long saturatingProduct(long a, long b) {
        return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
    }
}
