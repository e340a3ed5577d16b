package dev.stackmapd.series;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What is counted, and in which unit: `samples/count`, `off_cpu/nanoseconds`, `inuse_space/bytes`. The value of the
/// reserved label `type`.
///
/// @param name 1 to 64 of `[a-zA-Z0-9_.:-]`
/// @param unit likewise
public record SampleType(String name, String unit) implements Comparable<SampleType> {
    private static final Pattern PART = Pattern.compile("[a-zA-Z0-9_.:-]{1,64}");
    private static final Set<String> GAUGES = Set.of("goroutine", "goroutines", "threadcreate");
    private static final String IN_USE = "inuse_";

    /// What is counted where a sender does not say.
    public static final SampleType SAMPLES = new SampleType("samples", "count");

    public SampleType {
        if (!PART.matcher(name).matches() || !PART.matcher(unit).matches()) {
            throw new IllegalArgumentException("not a sample type: " + name + "/" + unit);
        }
    }

    /// How values of a type add up over time.
    public enum Aggregation {
        /// What happened since the value before: values of different times are added.
        SUM,
        /// How much there is at one instant: added over series, averaged over the instants at which they reported.
        GAUGE
    }

    /// Reads `name/unit`; anything else is empty.
    public static Optional<SampleType> parse(String text) {
        String[] parts = text.split("/", -1);
        return parts.length == 2
                        && PART.matcher(parts[0]).matches()
                        && PART.matcher(parts[1]).matches()
                ? Optional.of(new SampleType(parts[0], parts[1]))
                : Optional.empty();
    }

    /// Returns the kind that the name stands for where no sender has said another: Go's and Pyroscope's profiles of
    /// what is in use or alive are gauges, everything else is a sum.
    public Aggregation usualAggregation() {
        return name.startsWith(IN_USE) || GAUGES.contains(name) ? Aggregation.GAUGE : Aggregation.SUM;
    }

    @Override
    public int compareTo(SampleType other) {
        return toString().compareTo(other.toString());
    }

    /// Returns `name/unit`.
    @Override
    public String toString() {
        return name + "/" + unit;
    }
}
