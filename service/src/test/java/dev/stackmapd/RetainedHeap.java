package dev.stackmapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.util.function.Supplier;

/// Heap that an object keeps alive, measured: what is in use with it, less what is in use without it, after collections
/// of garbage. Good to some 100 KB, so what is measured should take megabytes.
public final class RetainedHeap {
    private static final int COLLECTIONS = 4;

    private RetainedHeap() {}

    /// Returns the bytes that an object keeps alive. It is made twice, because the first time loads classes.
    public static long of(Supplier<Object> make) {
        var _ = make.get();
        long before = used();
        Object made = make.get();
        try {
            return used() - before;
        } finally {
            Reference.reachabilityFence(made);
        }
    }

    /// Checks a number of bytes that is counted: at most a tenth less than what is measured, and at most half more.
    public static void agrees(long counted, long measured) {
        assertThat(counted)
                .as("%d bytes are counted, %d measured: %.2f", counted, measured, (double) counted / measured)
                .isBetween(measured * 9 / 10, measured * 3 / 2);
    }

    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
