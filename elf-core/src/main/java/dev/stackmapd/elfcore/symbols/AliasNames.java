package dev.stackmapd.elfcore.symbols;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The names of symbols whose alias was picked instead, as hashes of address and name: debug information
/// may use one of them. 8 bytes for each; immutable and thread-safe.
///
/// Names with equal hashes are treated as equal. A hostile file can exploit this only to show one of its
/// own names instead of another.
final class AliasNames {
    static final AliasNames NONE = new AliasNames(new long[0]);

    private static final long PRIME = 0x100_0000_01b3L;
    private static final long OFFSET_BASIS = 0xcbf2_9ce4_8422_2325L;

    // Sorted; the lowest bit is set for EQUAL.
    private final long[] hashes;

    private AliasNames(long[] hashes) {
        this.hashes = hashes;
    }

    /// The rank of a name relative to the one that was picked.
    enum Standing {
        /// There is no such name.
        UNKNOWN,
        /// Its binding is weaker, or it has more leading underscores.
        LESSER,
        /// It is only longer, or later in byte order.
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

    /// Returns FNV-1a over the address and the bytes, with the lowest bit cleared.
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
