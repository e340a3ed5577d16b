package dev.stackmapd.series;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The quantity that values measure, and its unit: `samples/count`, `off_cpu/nanoseconds`,
/// `inuse_space/bytes`. This is the value of the reserved label `type`.
///
/// @param name 1 to 64 of `[a-zA-Z0-9_.:-]`
/// @param unit 1 to 64 of the same characters
public record SampleType(String name, String unit) implements Comparable<SampleType> {
    private static final Pattern PART = Pattern.compile("[a-zA-Z0-9_.:-]{1,64}");
    private static final Set<String> GAUGES = Set.of("goroutine", "goroutines", "threadcreate");
    private static final String IN_USE = "inuse_";

    /// The type of values whose sender gives none.
    public static final SampleType SAMPLES = new SampleType("samples", "count");

    public SampleType {
        if (!PART.matcher(name).matches() || !PART.matcher(unit).matches()) {
            throw new IllegalArgumentException("not a sample type: " + name + "/" + unit);
        }
    }

    /// How values of a type are aggregated over time.
    public enum Aggregation {
        /// A value is the increase since the previous one: values of different times are added.
        SUM,
        /// A value is the amount at one instant: values are added over series, and averaged over the
        /// instants at which they were reported.
        GAUGE
    }

    /// Parses `name/unit`; returns empty for any other text.
    public static Optional<SampleType> parse(String text) {
        String[] parts = text.split("/", -1);
        return parts.length == 2
                        && PART.matcher(parts[0]).matches()
                        && PART.matcher(parts[1]).matches()
                ? Optional.of(new SampleType(parts[0], parts[1]))
                : Optional.empty();
    }

    /// Returns the aggregation that the name implies, which applies unless a sender declares another:
    /// Go's and Pyroscope's profiles of memory or goroutines in use are gauges, all other types are
    /// sums.
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
