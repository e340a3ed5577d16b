package dev.stackmapd.stack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A mutable stack in the form of `long` words, which the hot path fills, hashes and compares. An
/// instance is reused for many stacks, so nothing is allocated per frame. Not thread-safe.
///
/// A frame takes one word, or two if its values are too large for one. The two top bits tell the form:
///
/// ```text
///  bits 63-62   61-58     57-40     39-0
///  00           base < 2^22        number < 2^40                 based
///  01           reason    address, sign-extended from bit 57     raw
///  10           0         (31-0) base                            based; the next word is the number
///  11           reason    0                                      raw; the next word is the address
/// ```
///
/// `base` is the dictionary number of a [FrameBase], `number` the offset or line that counts from it.
/// For one [FrameBases], a frame has exactly one packed form. Two stacks are therefore equal, including
/// reasons, if and only if their words and their truncation flags are equal.
public final class PackedStack {
    /// The result of [#nextBased] if no further frame has a base.
    public static final int END = -1;

    static final int KIND_SHIFT = 62;
    static final int NUMBER_BITS = 40;
    static final long NUMBER_MASK = (1L << NUMBER_BITS) - 1;
    static final long BASED = 0;
    static final long RAW = 1;
    static final long WIDE_BASED = 2;
    private static final long WIDE_RAW = 3;
    private static final int BASE_BITS = 22;
    private static final int REASON_SHIFT = 58;

    private long[] words = new long[128];
    private int length;
    private int depth;
    private boolean truncated;

    /// Removes all frames and the truncation flag.
    public void clear() {
        length = 0;
        depth = 0;
        truncated = false;
    }

    /// Appends a frame with a base.
    ///
    /// @param base its number in the [FrameBases]
    /// @param number an unsigned offset; for a function the line
    public void addBased(int base, long number) {
        if (base >>> BASE_BITS == 0 && number >>> NUMBER_BITS == 0) {
            add(((long) base << NUMBER_BITS) | number);
        } else {
            add((WIDE_BASED << KIND_SHIFT) | base);
            add(number);
        }
        depth++;
    }

    /// Appends a raw frame.
    public void addRaw(long address, Frame.Reason reason) {
        long reasonBits = (long) reason.code() << REASON_SHIFT;
        if ((address << 6) >> 6 == address) {
            add((RAW << KIND_SHIFT) | reasonBits | ((address << 6) >>> 6));
        } else {
            add((WIDE_RAW << KIND_SHIFT) | reasonBits);
            add(address);
        }
        depth++;
    }

    /// Replaces the contents by the packed stack in `from[at, at + length)`.
    ///
    /// @param depth the number of its frames
    public void copyFrom(long[] from, int at, int length, int depth, boolean truncated) {
        if (length > words.length) {
            words = new long[length];
        }
        System.arraycopy(from, at, words, 0, length);
        this.length = length;
        this.depth = depth;
        this.truncated = truncated;
    }

    /// Replaces the contents by the packed stack that consists of all words of `from`.
    public void copyFrom(long[] from, boolean truncated) {
        int frames = 0;
        for (int at = 0; at < from.length; at++) {
            frames++;
            if (from[at] < 0) {
                at++; // the second word of a wide frame
            }
        }
        copyFrom(from, 0, from.length, frames, truncated);
    }

    /// Sets the truncation flag: frames at the root end were dropped.
    public void markTruncated() {
        truncated = true;
    }

    /// Returns the words, of which only the first [#length] are valid. This object owns the array and
    /// overwrites it with the next stack.
    public long[] words() {
        return words;
    }

    /// Returns the number of valid words.
    public int length() {
        return length;
    }

    /// Returns the number of frames.
    public int depth() {
        return depth;
    }

    /// Returns true if frames at the root end were dropped.
    public boolean truncated() {
        return truncated;
    }

    /// Returns the index of the first word, from `at` on, that begins a frame with a base; [#END] if
    /// there is none.
    ///
    /// @param at 0, or the previous result plus one
    public int nextBased(int at) {
        int next = at;
        // The second word of a wide frame is no frame.
        if (next > 0 && words[next - 1] < 0) {
            next++;
        }
        while (next < length && (words[next] >>> KIND_SHIFT & 1) != 0) {
            next += words[next] < 0 ? 2 : 1;
        }
        return next < length ? next : END;
    }

    /// Returns the base of a frame.
    ///
    /// @param at a result of [#nextBased]
    public int baseAt(int at) {
        return words[at] >= 0 ? (int) (words[at] >>> NUMBER_BITS) : (int) words[at];
    }

    /// Decodes the frames.
    ///
    /// @param bases the dictionary of the base numbers
    public Stack toStack(FrameBases bases) {
        return unpack(words, 0, length, truncated, bases);
    }

    /// Decodes a packed stack.
    ///
    /// @param words holds exactly one stack in `[from, from + length)`
    public static Stack unpack(long[] words, int from, int length, boolean truncated, FrameBases bases) {
        List<Frame> frames = new ArrayList<>(length);
        int end = from + length;
        for (int at = from; at < end; at++) {
            long word = words[at];
            frames.add(
                    switch ((int) (word >>> KIND_SHIFT)) {
                        case (int) BASED ->
                            bases.get((int) (word >>> NUMBER_BITS)).frame(word & NUMBER_MASK);
                        case (int) RAW -> new Frame.Raw(narrowAddress(word), reason(word));
                        case (int) WIDE_BASED -> bases.get((int) word).frame(words[++at]);
                        default -> new Frame.Raw(words[++at], reason(word));
                    });
        }
        return new Stack(frames, truncated);
    }

    /// Returns the address of a raw frame that takes one word.
    static long narrowAddress(long word) {
        return (word << 6) >> 6;
    }

    static Frame.Reason reason(long word) {
        return Frame.Reason.ofCode((int) ((word >>> REASON_SHIFT) & 0xf));
    }

    private void add(long word) {
        if (length == words.length) {
            words = Arrays.copyOf(words, length * 2);
        }
        words[length++] = word;
    }
}
