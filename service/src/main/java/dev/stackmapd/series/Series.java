package dev.stackmapd.series;

import static java.util.Objects.requireNonNull;

/// What one profile is told from another by: what is counted, and the labels of what it was counted in. Stacks are
/// seen in a series, at a time.
public record Series(SampleType type, Labels labels) {
    public Series {
        requireNonNull(type, "type");
        requireNonNull(labels, "labels");
    }
}
