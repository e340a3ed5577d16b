package dev.stackmapd.series;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;

/// A type of sample and a set of labels. Each stack is seen in one series, at a time. The order is that of the types,
/// then that of the labels.
public record Series(SampleType type, Labels labels) implements Comparable<Series> {
    private static final Comparator<Series> ORDER =
            Comparator.comparing(Series::type).thenComparing(Series::labels);

    public Series {
        requireNonNull(type, "type");
        requireNonNull(labels, "labels");
    }

    @Override
    public int compareTo(Series other) {
        return ORDER.compare(this, other);
    }
}
