package dev.stackmapd.resolve.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PathNameTest {
    private static final int PAIRS = 10;

    @Test
    void equalNamesHaveOneHash() {
        assertThat(name("/usr/bin/app")).isEqualTo(name("/usr/bin/app")).hasSameHashCodeAs(name("/usr/bin/app"));
        assertThat(name("/usr/bin/app")).isNotEqualTo(name("/usr/bin/apq"));
        assertThat(name("/a (deleted)").unmarked()).isEqualTo(name("/a")).hasSameHashCodeAs(name("/a"));
    }

    /// `Aa` and `BB` have one hash in Java, and so have all names that are made of as many of both.
    @Test
    void namesThatWereMadeToCollideDoNot() {
        Set<Integer> known = new HashSet<>();
        Set<Integer> own = new HashSet<>();
        for (int bits = 0; bits < 1 << PAIRS; bits++) {
            StringBuilder text = new StringBuilder("/");
            for (int i = 0; i < PAIRS; i++) {
                text.append((bits >>> i & 1) == 0 ? "Aa" : "BB");
            }
            known.add(Arrays.hashCode(text.toString().getBytes(US_ASCII)));
            own.add(name(text.toString()).hashCode());
        }
        assertThat(known).hasSize(1);
        assertThat(own).hasSizeGreaterThan(1 << (PAIRS - 1));
    }

    /// Thue and Morse's sequence and its complement have one polynomial hash modulo 2^32, whatever it multiplies by.
    @Test
    void namesThatCollideUnderEveryMultiplierDoNot() {
        StringBuilder sequence = new StringBuilder();
        StringBuilder complement = new StringBuilder();
        for (int i = 0; i < 1 << 11; i++) {
            boolean odd = Integer.bitCount(i) % 2 == 1;
            sequence.append(odd ? 'b' : 'a');
            complement.append(odd ? 'a' : 'b');
        }
        assertThat(sequence.toString()).hasSameHashCodeAs(complement.toString());
        assertThat(name(sequence.toString())).doesNotHaveSameHashCodeAs(name(complement.toString()));
    }

    private static PathName name(String text) {
        return PathName.of(text.getBytes(US_ASCII));
    }
}
