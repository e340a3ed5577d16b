package dev.stackmapd.elfcore.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.fixtures.RawNote;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests ids as the kernel pads them (XLT-12), and their keys in catalogs.
class BuildIdTest {
    @ParameterizedTest
    @CsvSource({
        "0102, 0102",
        "010200, 0102",
        "0102000000000000000000000000000000000000, 0102",
        "0100020000000000000000000000000000000000, 010002",
        "00, 00",
        "0000000000000000000000000000000000000000, 00",
        "0001, 0001",
        "010200000000000000000000000000000000000000, 010200000000000000000000000000000000000000"
    })
    void zerosAtTheEndOfUpToTwentyBytesDoNotCount(String id, String unpadded) {
        assertThat(id(id).unpadded()).isEqualTo(id(unpadded));
        assertThat(id(id).matches(id(unpadded))).isTrue();
        assertThat(id(unpadded).matches(id(id))).isTrue();
        assertThat(id(id).forms()).startsWith(id(id)).contains(id(unpadded)).doesNotHaveDuplicates();
    }

    @Test
    void anIdWithoutSuchZerosIsItsOwnForm() {
        BuildId id = BuildId.of(RawNote.countingBytes(20));

        assertThat(id.unpadded()).isSameAs(id);
        assertThat(id.forms()).containsExactly(id);
    }

    @Test
    void longerIdsAreComparedWhole() {
        BuildId twenty = BuildId.of(RawNote.countingBytes(20));
        BuildId more = BuildId.of(Arrays.copyOf(RawNote.countingBytes(20), 21));

        assertThat(more.matches(twenty)).isFalse();
        assertThat(twenty.matches(more)).isFalse();
        assertThat(more.forms()).containsExactly(more);
    }

    @Test
    void formsAreTheShortestToTheKernels() {
        assertThat(id("0102" + "00".repeat(18)).forms())
                .hasSize(19)
                .startsWith(id("0102" + "00".repeat(18)), id("0102"), id("010200"))
                .endsWith(id("0102" + "00".repeat(17)));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 20_261_126})
    void matchingIsHavingAFormInCommon(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            BuildId one = random(random);
            BuildId other = random(random);
            List<BuildId> forms = one.forms();
            assertThat(one.matches(other)).as("%s and %s", one, other).isEqualTo(forms.contains(other));
            assertThat(one.matches(other)).isEqualTo(one.unpadded().equals(other.unpadded()));
        }
    }

    @Test
    void anHtlhashIsNeverAGnuBuildId() {
        String hex = "000102030405060708090a0b0c0d0e00";
        BuildId hash = BuildId.parse("htlhash:" + hex).orElseThrow();

        assertThat(hash.kind()).isEqualTo(BuildId.Kind.HTLHASH);
        assertThat(hash)
                .hasToString("htlhash:" + hex)
                .isEqualTo(BuildId.parseHtlhash(hex.toUpperCase(Locale.ROOT)).orElseThrow())
                .isEqualTo(BuildId.ofHtlhash(hash.toBytes()))
                .isNotEqualTo(id(hex))
                .isGreaterThan(id("ff"));
        assertThat(hash.hex()).isEqualTo(hex);
        assertThat(hash.matches(id(hex))).isFalse();
        assertThat(id(hex).matches(hash)).isFalse();
    }

    @Test
    void aZeroAtTheEndOfAnHtlhashCounts() {
        BuildId hash = BuildId.ofHtlhash(new byte[16]);

        assertThat(hash.unpadded()).isSameAs(hash);
        assertThat(hash.forms()).containsExactly(hash);
        assertThat(hash.visibleToKernel()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "htlhash:", "htlhash:00", "htlhash:000102030405060708090a0b0c0d0e0", "htlhash:zz"})
    void refusesOtherTexts(String text) {
        assertThat(BuildId.parse(text)).isEmpty();
    }

    private static BuildId random(Random random) {
        byte[] bytes = new byte[random.nextInt(1, 24)];
        bytes[0] = (byte) random.nextInt(2);
        return BuildId.of(bytes);
    }

    private static BuildId id(String hex) {
        return BuildId.parse(hex).orElseThrow();
    }
}
