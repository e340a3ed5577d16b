package dev.stackmapd.app.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/// Registers meters that read what the packages count themselves. Each meter has a description; a meter of bytes has
/// them as its base unit. Tags come in pairs of name and value, and values from closed sets.
public final class Meters {
    private static final String BYTES = "bytes";

    private Meters() {}

    public static <T> void gauge(
            MeterRegistry registry, String name, String description, T of, ToDoubleFunction<T> value, String... tags) {
        Gauge.builder(name, of, value).description(description).tags(tags).register(registry);
    }

    public static <T> void bytes(
            MeterRegistry registry, String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value).description(description).baseUnit(BYTES).register(registry);
    }

    public static <T> void counter(
            MeterRegistry registry, String name, String description, T of, ToDoubleFunction<T> value, String... tags) {
        FunctionCounter.builder(name, of, value)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    public static <T> void countedBytes(
            MeterRegistry registry, String name, String description, T of, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, of, value)
                .description(description)
                .baseUnit(BYTES)
                .register(registry);
    }
}
