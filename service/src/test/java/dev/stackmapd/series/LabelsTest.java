package dev.stackmapd.series;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Names as Prometheus has them, and as OpenTelemetry's become them.
class LabelsTest {
    @ParameterizedTest
    @CsvSource({
        "service, service",
        "service.name, service_name",
        "k8s.io/app-name, k8s_io_app_name",
        "_a9, _a9",
        "type, _type",
        "build.id, _build_id",
        "binary, _binary",
        "function, _function",
        "file, _file",
        "stack, _stack",
        "typed, typed"
    })
    void namesAreKeptAs(String sent, String kept) {
        Labels labels = of(sent, "x");
        assertThat(labels.get(kept)).contains("x");
        assertThat(labels).hasToString("{" + kept + "=\"x\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "9a", "a b", "-a", ".a", "é", "a\"", "a:b"})
    void refusesOtherNames(String name) {
        assertThat(new Labels.Builder().add(name, "x")).isPresent();
    }

    @Test
    void refusesTwoNamesThatAreKeptAsOne() {
        Labels.Builder labels = new Labels.Builder();
        assertThat(labels.add("service.name", "a")).isEmpty();
        assertThat(labels.add("service_name", "b"))
                .contains("is kept as service_name, which the label set has already");
        assertThat(labels.add("type", "b")).isEmpty();
        assertThat(labels.add("_type", "b")).isPresent();
    }

    @Test
    void namesAndValuesHaveAtMost256Bytes() {
        Labels.Builder labels = new Labels.Builder();
        assertThat(labels.add("a".repeat(256), "é".repeat(128))).isEmpty();
        assertThat(labels.add("a".repeat(257), "b")).isPresent();
        assertThat(labels.add("a", "é".repeat(129))).isPresent();
        assertThat(labels.add("b", "b".repeat(257))).isPresent();
    }

    @Test
    void thereAreAtMost32() {
        Labels.Builder labels = new Labels.Builder();
        for (int i = 0; i < 32; i++) {
            assertThat(labels.add("a" + i, "b")).isEmpty();
        }
        assertThat(labels.add("last", "b")).contains("is one label too many: up to 32");
    }

    @Test
    void aLabelWithoutAValueIsNone() {
        assertThat(of("a", "")).isEqualTo(Labels.NONE).isSameAs(Labels.NONE);
    }

    @Test
    void theOrderInWhichLabelsCameDoesNotCount() {
        Labels.Builder one = new Labels.Builder();
        one.add("a", "1").ifPresent(LabelsTest::fail);
        one.add("b", "2").ifPresent(LabelsTest::fail);
        Labels.Builder other = new Labels.Builder();
        other.add("b", "2").ifPresent(LabelsTest::fail);
        other.add("a", "1").ifPresent(LabelsTest::fail);
        assertThat(one.build()).isEqualTo(other.build()).hasSameHashCodeAs(other.build());
        assertThat(one.build()).hasToString("{a=\"1\", b=\"2\"}").isNotEqualTo(of("a", "1"));
    }

    private static void fail(String why) {
        throw new AssertionError(why);
    }

    private static Labels of(String name, String value) {
        Labels.Builder labels = new Labels.Builder();
        labels.add(name, value).ifPresent(LabelsTest::fail);
        return labels.build();
    }
}
