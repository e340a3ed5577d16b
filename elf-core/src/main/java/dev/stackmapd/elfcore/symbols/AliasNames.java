package dev.stackmapd.elfcore.symbols;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The names of symbols that lost against an alias, as hashes of address and name: debug information may call the
/// function by one of them. 8 bytes for each; immutable and thread-safe.
///
/// Two names with one hash are taken for the same, which a hostile file may use to have one of its own names shown
/// instead of another.
final class AliasNames {
    static final AliasNames NONE = new AliasNames(new long[0]);

    private static final long PRIME = 0x100_0000_01b3L;
    private static final long OFFSET_BASIS = 0xcbf2_9ce4_8422_2325L;

    // Sorted; the lowest bit says EQUAL.
    private final long[] hashes;

    private AliasNames(long[] hashes) {
        this.hashes = hashes;
    }

    /// How a name compares with the one that was picked.
    enum Standing {
        /// No symbol of that name lost.
        UNKNOWN,
        /// Bound less well, or with more underscores before it.
        LESSER,
        /// Only longer, or later in byte order.
        EQUAL
    }

    Standing of(long start, String name) {
        long hash = hash(start, name.getBytes(StandardCharsets.UTF_8));
        if (Arrays.binarySearch(hashes, hash | 1) >= 0) {
            return Standing.EQUAL;
        }
        return Arrays.binarySearch(hashes, hash) >= 0 ? Standing.LESSER : Standing.UNKNOWN;
    }

    long heapBytes() {
        return 8L * hashes.length;
    }

    /// FNV-1a over the address and the bytes, with the lowest bit left out.
    private static long hash(long start, byte[] name) {
        long hash = (OFFSET_BASIS ^ start) * PRIME;
        hash ^= hash >>> 32;
        for (byte each : name) {
            hash = (hash ^ (each & 0xff)) * PRIME;
        }
        return (hash ^ hash >>> 29) & ~1L;
    }

    /// Collects names. Not thread-safe.
    static final class Builder {
        private long[] hashes = new long[0];
        private int count;

        void add(long start, byte[] name, Standing standing) {
            hashes = count == hashes.length ? Arrays.copyOf(hashes, Math.max(16, 2 * count)) : hashes;
            hashes[count++] = hash(start, name) | (standing == Standing.EQUAL ? 1 : 0);
        }

        AliasNames build() {
            long[] sorted = Arrays.copyOf(hashes, count);
            Arrays.sort(sorted);
            return count == 0 ? NONE : new AliasNames(sorted);
        }
    }
}
