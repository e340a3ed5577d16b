package dev.stackmapd.store;

import dev.stackmapd.series.SampleType;
import dev.stackmapd.series.Series;
import dev.stackmapd.stack.StackId;
import java.util.List;
import java.util.function.Predicate;

/// Has how often each stack was seen, by series and time. Times are buckets of [dev.stackmapd.series.TimeBuckets].
///
/// A store may forget sightings by age or for want of space, whole series-buckets at a time; what is there is complete
/// for its series and bucket.
public interface SightingStore {

    /// Receives what a scan finds.
    interface Visitor {
        /// Begins the sightings of one series in one bucket.
        ///
        /// @param snapshots the instants at which a gauge reported, over all batches; 0 for a sum
        void bucket(Series series, long bucket, long snapshots);

        /// Receives one stack of the series and bucket that [#bucket] began, each stack once.
        ///
        /// @param value what was counted, 1 or more; 2^63−1 if it is more
        void sighting(StackId stack, long value);
    }

    /// Series that have sightings, in the order of their types and then of the texts of their labels.
    List<Series> series();

    /// Returns how values of a type add up: the kind that the first committed batch with it gave.
    SampleType.Aggregation aggregation(SampleType type);

    /// Passes every sighting of matching series in a range of buckets to `visitor`, series by series, ascending by
    /// bucket. Those of batches that are committed meanwhile may or may not be included.
    ///
    /// @param from the first bucket
    /// @param to the first bucket behind the range
    void scan(Predicate<Series> which, long from, long to, Visitor visitor);
}
