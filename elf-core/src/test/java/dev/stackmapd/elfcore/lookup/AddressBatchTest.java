package dev.stackmapd.elfcore.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBatchTest {

    /// Few bits: neighbours, many of them equal. 64 bits: distances that leave no bits for positions.
    @ParameterizedTest(name = "{0} bits, seed 1")
    @ValueSource(ints = {3, 30, 47, 60, 64})
    void ascendsAndKnowsWhereEachAddressStood(int bits) {
        Random random = new Random(1);
        long base = random.nextLong();
        long[] addresses =
                random.longs(1_000).map(n -> base + (n >>> (64 - bits))).toArray();
        long[] asked = addresses.clone();
        AddressBatch batch = AddressBatch.of(addresses);
        assertThat(addresses).isEqualTo(asked);
        assertThat(batch.size()).isEqualTo(addresses.length);
        boolean[] met = new boolean[addresses.length];
        for (int i = 0; i < batch.size(); i++) {
            assertThat(batch.address(i)).isEqualTo(addresses[batch.position(i)]);
            assertThat(i == 0 || Long.compareUnsigned(batch.address(i - 1), batch.address(i)) <= 0)
                    .isTrue();
            met[batch.position(i)] = true;
        }
        assertThat(met).doesNotContain(false);
    }

    @Test
    void partsHaveEveryAddressOnce() {
        long[] addresses = {-1, 5, 0, 5, 7};
        assertThat(AddressBatch.of(addresses).parts(2))
                .extracting(AddressBatch::size)
                .containsExactly(2, 2, 1);
        assertThat(AddressBatch.of(addresses).parts(2))
                .extracting(part -> part.address(0))
                .containsExactly(0L, 5L, -1L);
    }

    @Test
    void nothingIsABatchToo() {
        assertThat(AddressBatch.of(new long[0]).size()).isZero();
        assertThat(AddressBatch.of(new long[0]).parts(1)).isEmpty();
    }
}
