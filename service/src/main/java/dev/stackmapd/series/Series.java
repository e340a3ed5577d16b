package dev.stackmapd.series;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;

/// A sample type and a set of labels. Each sighting of a stack belongs to one series and one time.
/// Series are ordered by type, then by labels.
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
