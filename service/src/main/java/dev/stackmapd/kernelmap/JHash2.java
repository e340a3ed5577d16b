package dev.stackmapd.kernelmap;

/// The kernel's `jhash2` (`KERNEL-RULES.md`, jhash2): Bob Jenkins' lookup3 over 32-bit words.
///
/// Each address is hashed as two words, low half first, as on a little-endian kernel (SID-10), on every
/// host. Collisions are easy to construct, so only the kernel-style maps use this hash.
final class JHash2 {
    private static final int INITIAL = 0xdeadbeef;

    private JHash2() {}

    /// Returns the hash of `addresses[from, to)` with seed 0.
    static int hash(long[] addresses, int from, int to) {
        return hash(addresses, from, 2 * (to - from), 0);
    }

    /// @param words number of 32-bit words, from the low half of `addresses[from]` on
    static int hash(long[] addresses, int from, int words, int seed) {
        int a = INITIAL + (words << 2) + seed;
        int b = a;
        int c = a;
        int at = 0;
        for (; words - at > 3; at += 3) {
            a += word(addresses, from, at);
            b += word(addresses, from, at + 1);
            c += word(addresses, from, at + 2);
            a = (a - c) ^ Integer.rotateLeft(c, 4);
            c += b;
            b = (b - a) ^ Integer.rotateLeft(a, 6);
            a += c;
            c = (c - b) ^ Integer.rotateLeft(b, 8);
            b += a;
            a = (a - c) ^ Integer.rotateLeft(c, 16);
            c += b;
            b = (b - a) ^ Integer.rotateLeft(a, 19);
            a += c;
            c = (c - b) ^ Integer.rotateLeft(b, 4);
            b += a;
        }
        int left = words - at;
        a += left > 0 ? word(addresses, from, at) : 0;
        b += left > 1 ? word(addresses, from, at + 1) : 0;
        c += left > 2 ? word(addresses, from, at + 2) : 0;
        return left == 0 ? c : mixLast(a, b, c);
    }

    private static int mixLast(int firstA, int firstB, int firstC) {
        int a = firstA;
        int b = firstB;
        int c = (firstC ^ b) - Integer.rotateLeft(b, 14);
        a = (a ^ c) - Integer.rotateLeft(c, 11);
        b = (b ^ a) - Integer.rotateLeft(a, 25);
        c = (c ^ b) - Integer.rotateLeft(b, 16);
        a = (a ^ c) - Integer.rotateLeft(c, 4);
        b = (b ^ a) - Integer.rotateLeft(a, 14);
        return (c ^ b) - Integer.rotateLeft(b, 24);
    }

    private static int word(long[] addresses, int from, int at) {
        return (int) (addresses[from + (at >> 1)] >>> ((at & 1) << 5));
    }
}
