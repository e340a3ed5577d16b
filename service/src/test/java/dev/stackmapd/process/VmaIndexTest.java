package dev.stackmapd.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VmaIndexTest {
    @ParameterizedTest(name = "seed {0}, {1} mappings")
    @CsvSource({"1, 3", "2, 4", "3, 5", "4, 17", "5, 64", "6, 211", "7, 211", "8, 844", "9, 600"})
    @DisplayName("XLT-20, XLT-24: random maps agree with a linear scan at start - 1, start, end - 1 and end")
    void agreesWithALinearScan(long seed, int mappings) {
        byte[] text = RandomMaps.text(seed, mappings);
        assertThat(MapsAgreement.assertAgrees(text).vmas().size()).isEqualTo(mappings);
        MapsAgreement.assertFindsTheSame(text, mappings);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13})
    void randomAddressesAgreeWithALinearScan(long seed) {
        byte[] text = RandomMaps.text(seed, 100);
        ReferenceMaps expected = new ReferenceMaps(text);
        VmaIndex vmas = MapsParser.parse(text).vmas();
        Random random = new Random(seed);
        long first = vmas.start(0);
        long span = vmas.end(vmas.size() - 2) - first;
        for (int i = 0; i < 2_000; i++) {
            long near = first + random.nextLong(span);
            assertThat(vmas.find(near)).as("%x", near).isEqualTo(expected.find(near));
            long anywhere = random.nextLong();
            assertThat(vmas.find(anywhere)).as("%x", anywhere).isEqualTo(expected.find(anywhere));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"captures/python/maps.txt", "captures/odd-mappings/maps.txt"})
    void capturedMapsAgreeWithALinearScan(String fixture) throws IOException {
        byte[] text = Files.readAllBytes(Fixtures.path(fixture));
        assertThat(MapsAgreement.assertAgrees(text).warnings()).isEmpty();
        MapsAgreement.assertFindsTheSame(text, Integer.MAX_VALUE);
    }

    @Test
    void theMapsOfThisVeryProcessAgreeWithALinearScan() throws IOException {
        Path own = Path.of("/proc/self/maps");
        assumeTrue(Files.isReadable(own), "this system has no /proc/self/maps, so there is nothing live to read");
        byte[] text = Files.readAllBytes(own);
        assertThat(MapsAgreement.assertAgrees(text).vmas().size()).isPositive();
        MapsAgreement.assertFindsTheSame(text, Integer.MAX_VALUE);
    }

    @Test
    void theWholeAddressSpaceMayBeMapped() {
        VmaIndex vmas = index("""
                00000000-8000000000000000 r--p 00000000 00:00 0\s
                8000000000000000-ffffffffffffffff r-xp 00000000 00:00 0\s
                """);
        assertThat(vmas.find(0)).isZero();
        assertThat(vmas.find(Long.MAX_VALUE)).isZero();
        assertThat(vmas.find(Long.MIN_VALUE)).isEqualTo(1);
        assertThat(vmas.find(-2)).isEqualTo(1);
        assertThat(vmas.find(-1)).isEqualTo(VmaIndex.NONE);
    }

    @Test
    void anIndexOutsideIsAProgrammersError() {
        VmaIndex vmas = index("00000000-00001000 r--p 00000000 00:00 0 \n");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> vmas.get(1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> vmas.get(VmaIndex.NONE));
    }

    private static VmaIndex index(String text) {
        return MapsParser.parse(text.getBytes(ISO_8859_1)).vmas();
    }
}
