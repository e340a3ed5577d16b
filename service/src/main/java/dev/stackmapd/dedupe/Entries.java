package dev.stackmapd.dedupe;

import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;

/// The stacks of an [ExactStackMap] in the order of arrival: their words in one arena, four words of
/// metadata per stack in another.
///
/// ```text
///  word 0   stack id, upper half
///  word 1   stack id, lower half
///  word 2   where its words begin
///  word 3   2 * number of words + 1 if cut off
/// ```
///
/// Allows one writer at a time. Readers may read an entry that was published to them with release and
/// acquire.
final class Entries {
    static final long BYTES_PER_ENTRY = 4 * Long.BYTES;

    private static final int WORDS = 4;

    private final WordArena stacks = new WordArena();
    private final WordArena abouts = new WordArena();
    private final long[] about = new long[WORDS]; // the writer's
    private int size; // the writer's

    /// Appends the stack whose words begin at `words[from]`, and returns its entry number.
    int append(long[] words, int from, long tail, StackId id) {
        about[0] = id.high();
        about[1] = id.low();
        about[2] = stacks.append(words, from, length(tail));
        about[3] = tail;
        abouts.append(about, 0, WORDS);
        return size++;
    }

    /// Returns the length and the truncation flag of a stack in one word.
    static long tail(PackedStack stack) {
        return ((long) stack.length() << 1) | (stack.truncated() ? 1 : 0);
    }

    /// Returns the number of words in a tail.
    static int length(long tail) {
        return (int) (tail >>> 1);
    }

    static boolean isTruncated(long tail) {
        return (tail & 1) != 0;
    }

    long idHigh(int entry) {
        return abouts.get((long) entry * WORDS);
    }

    long idLow(int entry) {
        return abouts.get((long) entry * WORDS + 1);
    }

    StackId id(int entry) {
        return new StackId(idHigh(entry), idLow(entry));
    }

    Stack stack(int entry, FrameBases bases) {
        long start = abouts.get((long) entry * WORDS + 2);
        long tail = abouts.get((long) entry * WORDS + 3);
        int length = length(tail);
        return PackedStack.unpack(stacks.copy(start, length), 0, length, isTruncated(tail), bases);
    }

    void copyTo(PackedStack into, int entry) {
        long start = abouts.get((long) entry * WORDS + 2);
        long tail = abouts.get((long) entry * WORDS + 3);
        into.copyFrom(stacks.copy(start, length(tail)), isTruncated(tail));
    }

    /// Returns the bytes of the allocated chunks.
    long heldBytes() {
        return stacks.heldBytes() + abouts.heldBytes();
    }
}
