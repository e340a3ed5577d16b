package dev.stackmapd.dedupe;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyedHashTest {
    private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);
    private static final BigInteger TWO_128 = BigInteger.ONE.shiftLeft(128);
    private static final int LAST_STEP_KEYS = 8;

    /// The definition in whole numbers of any size, with the keys that the same seed draws.
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 20_261_123})
    void agreesWithTheDefinition(long seed) {
        KeyedHash hash = new KeyedHash(new Random(seed));
        List<BigInteger> drawn = new ArrayList<>();
        Random keys = new Random(seed);
        for (int i = 0; i < 2 * (LAST_STEP_KEYS + 512) + LAST_STEP_KEYS; i++) {
            drawn.add(unsigned(keys.nextLong()));
        }
        List<BigInteger> first = drawn.subList(0, LAST_STEP_KEYS + 512);
        List<BigInteger> second = drawn.subList(LAST_STEP_KEYS + 512, 2 * (LAST_STEP_KEYS + 512));
        Random random = new Random(~seed);
        for (int length = 0; length <= 256; length++) {
            long[] words = random.longs(length).toArray();
            long tail = random.nextLong();
            assertThat(hash.first(words, length, tail)).isEqualTo(defined(words, tail, first));
            assertThat(hash.second(words, length, tail)).isEqualTo(defined(words, tail, second));
        }
    }

    /// One bit flipped anywhere, the whole length: no two alike, in either lane.
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {4, 5})
    void everySingleBitCounts(long seed) {
        KeyedHash hash = new KeyedHash(new Random(seed));
        long[] words = new Random(seed).longs(9).toArray();
        Set<Long> firsts = new HashSet<>();
        Set<Long> seconds = new HashSet<>();
        for (int bit = 0; bit < 64 * words.length; bit++) {
            words[bit / 64] ^= 1L << bit;
            firsts.add(hash.first(words, words.length, 18));
            seconds.add(hash.second(words, words.length, 18));
            words[bit / 64] ^= 1L << bit;
        }
        assertThat(firsts).hasSize(64 * words.length);
        assertThat(seconds).hasSize(64 * words.length);
    }

    @ParameterizedTest(name = "{0} words")
    @ValueSource(ints = {257, 2048, 5000})
    void growingKeysChangesNoHash(int length) {
        KeyedHash hash = new KeyedHash(new Random(6));
        long[] words = new Random(7).longs(length).toArray();
        long before = hash.first(words, 200, 400);
        hash.first(words, length, 2L * length);
        assertThat(hash.first(words, 200, 400)).isEqualTo(before);
    }

    private static long defined(long[] words, long tail, List<BigInteger> keys) {
        BigInteger low = BigInteger.ZERO;
        BigInteger high = BigInteger.ZERO;
        for (int i = 0; i < words.length; i += 2) {
            BigInteger y = i + 1 < words.length ? unsigned(words[i + 1]) : BigInteger.ZERO;
            BigInteger product = unsigned(words[i])
                    .add(keys.get(LAST_STEP_KEYS + i))
                    .mod(TWO_64)
                    .multiply(y.add(keys.get(LAST_STEP_KEYS + i + 1)).mod(TWO_64));
            low = low.add(product.mod(TWO_64)).mod(TWO_64);
            high = high.add(product.divide(TWO_64)).mod(TWO_64);
        }
        return wide(keys, 0)
                .add(wide(keys, 1).multiply(low))
                .add(wide(keys, 2).multiply(high))
                .add(wide(keys, 3).multiply(unsigned(tail)))
                .mod(TWO_128)
                .shiftRight(64)
                .longValue();
    }

    private static BigInteger wide(List<BigInteger> keys, int index) {
        return keys.get(2 * index).add(keys.get(2 * index + 1).shiftLeft(64));
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
