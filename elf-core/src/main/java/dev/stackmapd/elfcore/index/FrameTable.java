package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.Arrays;

/// The answers to many addresses of one index, as numbers. Equal addresses share one answer; memory grows with the
/// distinct ones. Immutable once made, and thread-safe; needs the index only to turn numbers into names.
public final class FrameTable {
    private final int[] answers;
    private int[] firstFrames = new int[64];
    private int[] functions = new int[64];
    private int[] files = new int[64];
    private int[] lines = new int[64];
    private int[] columns = new int[64];
    private int count;

    private FrameTable(int addresses) {
        answers = new int[addresses];
    }

    /// Looks all addresses up, in their order in the index and each once.
    ///
    /// @param elfAddresses unsigned, in any order, not changed
    public static FrameTable of(SymbolIndex index, long[] elfAddresses) throws MalformedBinaryException {
        FrameTable table = new FrameTable(elfAddresses.length);
        FrameCursor cursor = new FrameCursor();
        // Distance in the high bits, position in the low ones: one sort of primitives gives order and permutation.
        int positionBits = Math.min(Integer.SIZE - 1, Long.numberOfLeadingZeros(index.span() - 1) - 1);
        if (positionBits < 1) {
            table.findOneByOne(index, elfAddresses, cursor);
            return table;
        }
        int together = (int) Math.min(elfAddresses.length, 1L << positionBits);
        for (int from = 0; from < elfAddresses.length; from += together) {
            int to = (int) Math.min(elfAddresses.length, (long) from + together);
            table.find(index, elfAddresses, from, to, positionBits, cursor);
        }
        return table;
    }

    private void findOneByOne(SymbolIndex index, long[] elfAddresses, FrameCursor cursor)
            throws MalformedBinaryException {
        for (int i = 0; i < elfAddresses.length; i++) {
            answers[i] = add(index, elfAddresses[i], cursor);
        }
    }

    private void find(SymbolIndex index, long[] elfAddresses, int from, int to, int positionBits, FrameCursor cursor)
            throws MalformedBinaryException {
        long[] keys = new long[to - from];
        int known = 0;
        int nothing = add(index, index.base() - 1, cursor);
        for (int i = from; i < to; i++) {
            long distance = elfAddresses[i] - index.base();
            answers[i] = nothing;
            if (Long.compareUnsigned(distance, index.span()) < 0) {
                keys[known++] = distance << positionBits | (i - from);
            }
        }
        Arrays.sort(keys, 0, known);
        long last = -1;
        int answer = nothing;
        for (int i = 0; i < known; i++) {
            long distance = keys[i] >>> positionBits;
            if (distance != last) {
                answer = add(index, index.base() + distance, cursor);
                last = distance;
            }
            answers[from + (int) (keys[i] & (1L << positionBits) - 1)] = answer;
        }
    }

    private int add(SymbolIndex index, long elfAddress, FrameCursor cursor) throws MalformedBinaryException {
        int frames = index.find(elfAddress, cursor);
        int first = firstFrames[count];
        if (count + 1 == firstFrames.length) {
            firstFrames = Arrays.copyOf(firstFrames, count * 2 + 2);
        }
        firstFrames[count + 1] = Math.addExact(first, frames);
        if (first + frames > functions.length) {
            int size = Math.max(functions.length * 2, first + frames);
            functions = Arrays.copyOf(functions, size);
            files = Arrays.copyOf(files, size);
            lines = Arrays.copyOf(lines, size);
            columns = Arrays.copyOf(columns, size);
        }
        for (int i = 0; i < frames; i++) {
            functions[first + i] = cursor.function(i);
            files[first + i] = cursor.file(i);
            lines[first + i] = cursor.line(i);
            columns[first + i] = cursor.column(i);
        }
        return count++;
    }

    /// Answers, numbered from 0; no more than there are distinct addresses, and one for those outside the index.
    public int answers() {
        return count;
    }

    /// The answer to an address, by its position in the question.
    public int answer(int address) {
        return answers[address];
    }

    /// Frames of an answer, as in [FrameCursor].
    public int frames(int answer) {
        return firstFrames[answer + 1] - firstFrames[answer];
    }

    /// @param frame from 0, innermost first
    public int function(int answer, int frame) {
        return functions[firstFrames[answer] + frame];
    }

    public int file(int answer, int frame) {
        return files[firstFrames[answer] + frame];
    }

    public int line(int answer, int frame) {
        return lines[firstFrames[answer] + frame];
    }

    public int column(int answer, int frame) {
        return columns[firstFrames[answer] + frame];
    }
}
