package dev.stackmapd.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.series.Labels;
import dev.stackmapd.series.SampleType;
import dev.stackmapd.series.Series;
import dev.stackmapd.store.BatchStore;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Senders choose what hash tables have as their keys, and can choose keys of one hash. Java searches such a table as a
/// tree if the class of its keys itself is comparable; otherwise a look-up compares with all of them.
class ChosenHashesTest {
    /// `Aa` and `BB` have one hash, and so has every text of as many of them.
    private static List<String> texts() {
        List<String> texts = List.of("");
        for (int i = 0; i < 14; i++) {
            List<String> longer = new ArrayList<>();
            for (String text : texts) {
                longer.add(text + "Aa");
                longer.add(text + "BB");
            }
            texts = longer;
        }
        return texts;
    }

    static Stream<Function<String, Object>> keys() {
        return Stream.of(
                text -> new FrameBase.Function("jvm", text, ""),
                text -> new FrameBase.Function("jvm", "f", text),
                ChosenHashesTest::series,
                text -> new BatchStore.Key("", text),
                text -> new BatchStore.Key(text, "a"));
    }

    private static Series series(String value) {
        Labels.Builder labels = new Labels.Builder();
        assertThat(labels.add("a", value)).isEmpty();
        return new Series(SampleType.SAMPLES, labels.build());
    }

    @ParameterizedTest
    @MethodSource("keys")
    void tablesOfKeysOfOneHashAreTrees(Function<String, Object> key) {
        List<Object> keys = texts().stream().map(key).toList();
        assertThat(keys.stream().mapToInt(Object::hashCode).distinct().count()).isEqualTo(1);
        assertThat(isComparableItself(keys.getFirst().getClass())).isTrue();
        Set<Object> table = new HashSet<>(keys);
        assertThat(table).hasSize(keys.size());
        assertThat(texts().stream().map(key)).allMatch(table::contains);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void theOrderAgreesWithEquality(Function<String, Object> key) {
        List<String> texts = List.of("", "Aa", "BB", "AaAa", "AaBB", "z");
        for (String one : texts) {
            for (String other : texts) {
                int order = compare(key.apply(one), key.apply(other));
                assertThat(order == 0).isEqualTo(key.apply(one).equals(key.apply(other)));
                assertThat(Integer.signum(order)).isEqualTo(-Integer.signum(compare(key.apply(other), key.apply(one))));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void filesAndKernelsAreInTheOrderOfTheirBuildIds(Function<BuildId, FrameBase> base) {
        assertThat(isComparableItself(base.apply(BuildId.of(new byte[1])).getClass()))
                .isTrue();
        assertThat(compare(base.apply(BuildId.of(new byte[] {1})), base.apply(BuildId.of(new byte[] {2}))))
                .isNegative();
        assertThat(compare(base.apply(BuildId.of(new byte[] {2})), base.apply(BuildId.of(new byte[] {2}))))
                .isZero();
    }

    static Stream<Function<BuildId, FrameBase>> binaries() {
        return Stream.of(FrameBase.File::new, FrameBase.Kernel::new);
    }

    /// As `HashMap` asks it.
    private static boolean isComparableItself(Class<?> type) {
        return Arrays.stream(type.getGenericInterfaces())
                .anyMatch(face -> face instanceof ParameterizedType comparable
                        && comparable.getRawType() == Comparable.class
                        && comparable.getActualTypeArguments()[0] == type);
    }

    @SuppressWarnings("unchecked") // both are of one class, which is comparable
    private static int compare(Object one, Object other) {
        return ((Comparable<Object>) one).compareTo(other);
    }
}
