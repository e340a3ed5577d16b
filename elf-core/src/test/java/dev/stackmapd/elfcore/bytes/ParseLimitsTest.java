package dev.stackmapd.elfcore.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ParseLimitsTest {
    private static final long LITTLE = 16 << 20;

    @Test
    void muchHeapLeavesTheLimitsAsTheyAre() {
        assertThat(ParseLimits.DEFAULT.within(1L << 40)).isEqualTo(ParseLimits.DEFAULT);
    }

    @Test
    void littleHeapLowersWhatIsKeptOfAFile() {
        ParseLimits few = ParseLimits.DEFAULT.within(LITTLE);
        assertThat(few.dwarf().cacheBytes()).isBetween(LITTLE - 56, LITTLE);
        assertThat(few.maxSymbols() * 48L).isLessThanOrEqualTo(LITTLE);
        assertThat(few.maxNameBytes()).isLessThanOrEqualTo((int) LITTLE);
        assertThat(few.dwarf().maxLookUpBytes()).isEqualTo(LITTLE);
        assertThat(few.dwarf().maxKeptBytes()).isEqualTo(LITTLE / 2);
        assertThat(few.maxInflatedBytes()).isEqualTo(ParseLimits.DEFAULT.maxInflatedBytes());
        assertThat(few.dwarf().maxUnits()).isEqualTo(ParseLimits.DEFAULT.dwarf().maxUnits());
    }
}
