package dev.stackmapd.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTypeTest {
    @ParameterizedTest
    @CsvSource({
        "samples/count, SUM",
        "off_cpu/nanoseconds, SUM",
        "alloc_space/bytes, SUM",
        "cpu-clock/nanoseconds, SUM",
        "sched:sched_switch/count, SUM",
        "inuse_space/bytes, GAUGE",
        "inuse_objects/count, GAUGE",
        "goroutine/count, GAUGE",
        "goroutines/count, GAUGE",
        "threadcreate/count, GAUGE",
        "goroutine_waits/count, SUM"
    })
    void theNameDecidesTheAggregation(String text, SampleType.Aggregation aggregation) {
        SampleType type = SampleType.parse(text).orElseThrow();
        assertThat(type.usualAggregation()).isEqualTo(aggregation);
        assertThat(type).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "samples", "samples/", "/count", "a/b/c", "a b/c", "é/c", "a/b "})
    void refusesOtherTexts(String text) {
        assertThat(SampleType.parse(text)).isEmpty();
    }

    @Test
    void partsHaveAtMost64Characters() {
        String most = "a".repeat(64);
        assertThat(SampleType.parse(most + "/" + most)).isPresent();
        assertThat(SampleType.parse(most + "a/b")).isEmpty();
        assertThatThrownBy(() -> new SampleType("a/b", "c")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "9999, 0", "10000, 1", "-1, -1", "-10000, -1", "-10001, -2"})
    void bucketsAreTenSeconds(long millis, long bucket) {
        assertThat(TimeBuckets.of(millis)).isEqualTo(bucket);
        assertThat(TimeBuckets.start(bucket)).isBetween(millis - 9_999, millis);
    }
}
