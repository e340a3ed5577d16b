package dev.stackmapd.dedupe;

import java.util.Arrays;

/// An append-only sequence of words in chunks of 256 KiB, addressed by a `long`. In small heaps with
/// regions of 1 MiB, a larger chunk would occupy a region of its own, up to twice its size.
///
/// The arena allows one writer at a time. A reader may read words that were appended before their
/// position was published to it with release and acquire. Chunks are never moved.
final class WordArena {
    static final int CHUNK_WORDS = 1 << 15;

    private static final int CHUNK_SHIFT = 15;

    private volatile long[][] chunks = new long[4][];
    private long size; // the writer's

    /// @return the position of the first word
    long append(long[] words, int from, int length) {
        long start = size;
        int done = 0;
        while (done < length) {
            int offset = (int) (size & (CHUNK_WORDS - 1));
            int count = Math.min(length - done, CHUNK_WORDS - offset);
            System.arraycopy(words, from + done, chunkAt(size), offset, count);
            done += count;
            size += count;
        }
        return start;
    }

    long get(long at) {
        return chunks[(int) (at >>> CHUNK_SHIFT)][(int) (at & (CHUNK_WORDS - 1))];
    }

    long[] copy(long from, int length) {
        long[] words = new long[length];
        int done = 0;
        while (done < length) {
            long at = from + done;
            int offset = (int) (at & (CHUNK_WORDS - 1));
            int count = Math.min(length - done, CHUNK_WORDS - offset);
            System.arraycopy(chunks[(int) (at >>> CHUNK_SHIFT)], offset, words, done, count);
            done += count;
        }
        return words;
    }

    /// Returns the bytes of the allocated chunks.
    long heldBytes() {
        return ((size + CHUNK_WORDS - 1) >>> CHUNK_SHIFT) * CHUNK_WORDS * Long.BYTES;
    }

    private long[] chunkAt(long position) {
        long[][] current = chunks;
        int index = (int) (position >>> CHUNK_SHIFT);
        if (index == current.length) {
            current = Arrays.copyOf(current, Math.multiplyExact(index, 2));
        }
        if (current[index] == null) {
            current[index] = new long[CHUNK_WORDS];
            chunks = current;
        }
        return current[index];
    }
}
