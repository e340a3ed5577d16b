package dev.stackmapd.dedupe;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Hashes packed stacks under a secret key, in two lanes of 64 bits.
///
/// Each lane is NH (Black et al., UMAC, 1999): words are taken in pairs, a key is added to each word,
/// the two are multiplied to 128 bits, and the products are summed. The halves of the sum and a tail
/// (length and truncation flag) are then hashed by multilinear hashing modulo 2^128, of which the upper
/// 64 bits are kept. The keys of the two lanes are independent.
///
/// **Collision probability** of two different stacks that were chosen without knowledge of the keys:
///
/// - NH with an exact sum collides with probability 2^-64 at most. This implementation adds the lower
///   and upper halves of the products separately and drops the carry between them, so an equal result
///   corresponds to at most two differences of exact sums: 2^-63.
/// - The last step is strongly universal (Dietzfelbinger 1996): two different inputs collide with
///   probability 2^-64. Stacks of different length or flag differ in the tail, so only this step matters
///   for them.
/// - One lane collides with probability 2^-63 + 2^-64 at most, both lanes with at most its square, below
///   2^-124. With 2^30 stacks, which are 2^59 pairs, the probability of any collision is below 2^-65.
///
/// A sender can choose stacks but not the keys, and nothing derived from the hash leaves the process:
/// ids are SHA-256, and entries are numbered in the order of arrival.
///
/// The keys grow with the longest stack, two words for each of its words. Thread-safe. Allocates only
/// when the keys grow.
final class KeyedHash {
    /// Keys of the last step: one constant and three words, 128 bits each.
    private static final int NH = 8;

    private static final int FIRST_WORDS = 256;

    private final RandomGenerator random;
    private volatile long[] firstKeys;
    private volatile long[] secondKeys;
    private final long[] idKeys;

    KeyedHash(RandomGenerator random) {
        this.random = random;
        this.firstKeys = grown(new long[0], FIRST_WORDS);
        this.secondKeys = grown(new long[0], FIRST_WORDS);
        this.idKeys = grown(new long[0], 0);
    }

    long first(long[] words, int length, long tail) {
        long[] keys = firstKeys;
        return lane(words, length, tail, keys.length - NH > length ? keys : growFirst(length));
    }

    long second(long[] words, int length, long tail) {
        long[] keys = secondKeys;
        return lane(words, length, tail, keys.length - NH > length ? keys : growSecond(length));
    }

    /// Returns a keyed hash of a stack id, because a sender can influence ids by trying many stacks.
    long ofId(long high, long low) {
        return finish(high, low, 0, idKeys);
    }

    private static long lane(long[] words, int length, long tail, long[] keys) {
        long low = 0;
        long high = 0;
        int even = length & ~1;
        for (int i = 0; i < even; i += 2) {
            long x = words[i] + keys[i + NH];
            long y = words[i + 1] + keys[i + NH + 1];
            low += x * y;
            high += Math.unsignedMultiplyHigh(x, y);
        }
        if (even < length) {
            long x = words[even] + keys[even + NH];
            long y = keys[even + NH + 1];
            low += x * y;
            high += Math.unsignedMultiplyHigh(x, y);
        }
        return finish(low, high, tail, keys);
    }

    /// Returns the upper half of k0 + k1 a + k2 b + k3 c modulo 2^128. The lower half of each key comes
    /// first in `keys`.
    private static long finish(long a, long b, long c, long[] keys) {
        long low = keys[0];
        long high = keys[1] + keys[3] * a + keys[5] * b + keys[7] * c;
        high += Math.unsignedMultiplyHigh(keys[2], a)
                + Math.unsignedMultiplyHigh(keys[4], b)
                + Math.unsignedMultiplyHigh(keys[6], c);
        long sum = low + keys[2] * a;
        high += carry(sum, low);
        low = sum + keys[4] * b;
        high += carry(low, sum);
        sum = low + keys[6] * c;
        return high + carry(sum, low);
    }

    private static long carry(long sum, long addend) {
        return Long.compareUnsigned(sum, addend) < 0 ? 1 : 0;
    }

    private synchronized long[] growFirst(int length) {
        if (firstKeys.length - NH <= length) {
            firstKeys = grown(firstKeys, length);
        }
        return firstKeys;
    }

    private synchronized long[] growSecond(int length) {
        if (secondKeys.length - NH <= length) {
            secondKeys = grown(secondKeys, length);
        }
        return secondKeys;
    }

    /// Returns a longer array of keys that begins with the existing ones, so that hashes of known stacks
    /// do not change.
    private long[] grown(long[] keys, int length) {
        long[] grown = Arrays.copyOf(keys, Math.addExact(NH, Math.multiplyExact(length, 2)));
        for (int i = keys.length; i < grown.length; i++) {
            grown[i] = random.nextLong();
        }
        return grown;
    }
}
