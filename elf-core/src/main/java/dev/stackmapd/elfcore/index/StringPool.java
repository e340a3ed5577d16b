package dev.stackmapd.elfcore.index;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Holds each text once, numbered in the order of their arrival; 0 is the empty text. It grows with the
/// distinct names and paths of a binary. Not thread-safe.
final class StringPool {
    static final int EMPTY = 0;

    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    private final BuildMemory memory;
    private final Slots slots;
    private byte[] bytes = new byte[1 << 14];
    private int[] ends = new int[1 << 10];
    private int size;

    StringPool(BuildMemory memory) {
        this.memory = memory;
        this.slots = new Slots(memory, 1 << 10);
        idOf("");
    }

    int count() {
        return slots.count();
    }

    int idOf(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        for (int id = slots.first(Hash.of(encoded)); id >= 0; id = slots.next()) {
            if (Arrays.equals(bytes, start(id), ends[id], encoded, 0, encoded.length)) {
                return id;
            }
        }
        return add(encoded);
    }

    private int add(byte[] encoded) {
        if (encoded.length > MAX_BYTES - size) {
            throw new BuildLimitException("names and paths have more than " + MAX_BYTES + " bytes");
        }
        if (encoded.length > bytes.length - size) {
            bytes = memory.grow(bytes, (int)
                    Math.min(MAX_BYTES, Math.max(bytes.length * 3L / 2, (long) size + encoded.length)));
        }
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
        int id = slots.add();
        if (id == ends.length) {
            ends = memory.grow(ends, BuildMemory.larger(id));
        }
        ends[id] = size;
        return id;
    }

    private int start(int id) {
        return id == 0 ? 0 : ends[id - 1];
    }

    int length(int id) {
        return ends[id] - start(id);
    }

    /// Returns the length of the common prefix of two texts, in bytes.
    int shared(int id, int other) {
        int mismatch = Arrays.mismatch(bytes, start(id), ends[id], bytes, start(other), ends[other]);
        return mismatch < 0 ? length(id) : mismatch;
    }

    /// Appends a text without its first bytes.
    void copy(int id, int without, ByteSink into) {
        into.bytes(bytes, start(id) + without, length(id) - without);
    }

    int compare(int id, int other) {
        return Arrays.compareUnsigned(bytes, start(id), ends[id], bytes, start(other), ends[other]);
    }
}
