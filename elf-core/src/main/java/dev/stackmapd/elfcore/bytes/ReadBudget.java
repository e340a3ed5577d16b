package dev.stackmapd.elfcore.bytes;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Limits what reading an untrusted file may cost one look-up, one open file or one build: heap for
/// arrays and tables that grow with what is read, and steps of work. A step is one DIE, row, range or
/// link that is read; some 10 million take a second.
///
/// Heap is charged before it is allocated: an array grows through [#grow], which charges the new one
/// before the old one is given back, so that the highest charge covers both. The initial small arrays
/// are not charged. Not thread-safe.
public final class ReadBudget {
    /// No limit on steps.
    public static final long ENDLESS = Long.MAX_VALUE;

    private static final int REFERENCE_BYTES = Integer.BYTES;

    private final long maxBytes;
    private final long maxSteps;
    private long bytes;
    private long peakBytes;
    private long stepsLeft;
    private long wasted;
    private @Nullable String exceeded;

    /// @param maxBytes of heap at any time
    /// @param maxSteps in all, or [#ENDLESS]
    public ReadBudget(long maxBytes, long maxSteps) {
        this.maxBytes = maxBytes;
        this.maxSteps = maxSteps;
        this.stepsLeft = maxSteps;
    }

    /// @param source what is read, for the error
    public void spend(long steps, String source) throws OverLimitException {
        stepsLeft -= steps;
        if (stepsLeft < 0) {
            throw exceeded(source, "takes more than " + maxSteps + " steps");
        }
    }

    /// Charges heap that is to be allocated.
    ///
    /// @param source what needs it, for the error
    public void take(long more, String source) throws OverLimitException {
        if (more > maxBytes - bytes) {
            throw exceeded(source, "takes more than " + maxBytes + " bytes of memory");
        }
        bytes += more;
        peakBytes = Math.max(peakBytes, bytes);
    }

    /// Gives back heap that was charged and is free again.
    public void giveBack(long freed) {
        bytes -= freed;
    }

    private OverLimitException exceeded(String source, String reason) {
        if (exceeded == null) {
            exceeded = source + " " + reason;
        }
        return new OverLimitException(source, 0, reason);
    }

    /// Returns why the budget refused a charge for the first time; empty as long as it refused none.
    public Optional<String> exceeded() {
        return Optional.ofNullable(exceeded);
    }

    /// Returns the heap that is charged now, in bytes.
    public long bytes() {
        return bytes;
    }

    /// Returns the most heap that was charged at any time, in bytes.
    public long peakBytes() {
        return peakBytes;
    }

    /// Returns the steps that were spent.
    public long steps() {
        return maxSteps - stepsLeft;
    }

    /// Counts all steps since then as wasted: what they read is dropped, and the next look-up would read
    /// it again.
    ///
    /// @param since what [#steps] was before
    public void waste(long since) {
        wasted += steps() - since;
    }

    /// Returns the steps that were wasted, see [#waste].
    public long wasted() {
        return wasted;
    }

    /// Returns a longer copy of an array. Charges the copy first and then gives the array back.
    ///
    /// @param source what needs it, for the error
    public long[] grow(long[] array, int length, String source) throws OverLimitException {
        take((long) length * Long.BYTES, source);
        long[] grown = Arrays.copyOf(array, length);
        giveBack((long) array.length * Long.BYTES);
        return grown;
    }

    /// Grows an array like [#grow(long[], int, String)].
    public int[] grow(int[] array, int length, String source) throws OverLimitException {
        take((long) length * Integer.BYTES, source);
        int[] grown = Arrays.copyOf(array, length);
        giveBack((long) array.length * Integer.BYTES);
        return grown;
    }

    /// Grows an array like [#grow(long[], int, String)].
    public byte[] grow(byte[] array, int length, String source) throws OverLimitException {
        take(length, source);
        byte[] grown = Arrays.copyOf(array, length);
        giveBack(array.length);
        return grown;
    }

    /// Grows an array like [#grow(long[], int, String)]. Charges the references, not the objects.
    public <T> T[] grow(T[] array, int length, String source) throws OverLimitException {
        take((long) length * REFERENCE_BYTES, source);
        T[] grown = Arrays.copyOf(array, length);
        giveBack((long) array.length * REFERENCE_BYTES);
        return grown;
    }
}
