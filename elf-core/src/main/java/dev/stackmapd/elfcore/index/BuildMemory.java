package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.bytes.OverLimitException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// Charges the heap of one build, or of one pass of it, to the build's budget. Every array and every
/// table that grows with the binary must be charged here. Exceeding the budget ends the build. Not
/// thread-safe.
final class BuildMemory implements AutoCloseable {
    private static final String SOURCE = "building the index";
    private static final int LARGE = 1 << 16;

    private final ReadBudget budget;
    private long held;

    BuildMemory(ReadBudget budget) {
        this.budget = budget;
    }

    /// Returns memory of the same build for arrays that are released together.
    BuildMemory part() {
        return new BuildMemory(budget);
    }

    /// Charges steps of work.
    void spend(long steps) {
        try {
            budget.spend(steps, SOURCE);
        } catch (OverLimitException e) {
            throw refused(e);
        }
    }

    /// Charges heap that is to be allocated.
    void take(long bytes) {
        try {
            budget.take(bytes, SOURCE);
        } catch (OverLimitException e) {
            throw refused(e);
        }
        held += bytes;
    }

    void giveBack(long bytes) {
        budget.giveBack(bytes);
        held -= bytes;
    }

    /// Returns a longer copy of an array, whose own memory is given back.
    long[] grow(long[] array, int length) {
        return charged(() -> budget.grow(array, length, SOURCE));
    }

    int[] grow(int[] array, int length) {
        return charged(() -> budget.grow(array, length, SOURCE));
    }

    byte[] grow(byte[] array, int length) {
        return charged(() -> budget.grow(array, length, SOURCE));
    }

    <T> T[] grow(T[] array, int length) {
        return charged(() -> budget.grow(array, length, SOURCE));
    }

    /// An allocation that the budget charges.
    private interface Growth<A> {
        A grown() throws OverLimitException;
    }

    private <A> A charged(Growth<A> growth) {
        long before = budget.bytes();
        try {
            return growth.grown();
        } catch (OverLimitException e) {
            throw refused(e);
        } finally {
            held += budget.bytes() - before;
        }
    }

    /// Returns a new array of zeros.
    int[] ints(int length) {
        return grow(new int[0], length);
    }

    long[] longs(int length) {
        return grow(new long[0], length);
    }

    /// Returns the next length of an array that is full: twice the length, or one and a half times if it
    /// is large.
    static int larger(int length) {
        return length < LARGE ? 2 * length : length + (length >> 1);
    }

    private static BuildLimitException refused(OverLimitException why) {
        return new BuildLimitException(why.source() + " " + why.reason());
    }

    /// Gives back everything that is still charged. Its arrays must not be used any more.
    @Override
    public void close() {
        giveBack(held);
    }
}
