package dev.stackmapd.store;

import dev.stackmapd.series.SampleType;
import dev.stackmapd.series.Series;
import dev.stackmapd.stack.StackId;
import java.util.List;
import java.util.function.Predicate;

/// Stores how often each stack was seen, by series and time bucket ([dev.stackmapd.series.TimeBuckets]).
///
/// A store may evict sightings by age or when space runs out. It evicts all sightings of a series in a
/// bucket together, so the remaining data is complete for its series and bucket.
public interface SightingStore {

    /// Receives the results of a scan.
    interface Visitor {
        /// Called before the sightings of one series in one bucket.
        ///
        /// @param snapshots number of instants at which a gauge was reported, over all batches; 0 for a
        ///     sum
        void bucket(Series series, long bucket, long snapshots);

        /// Called once for each stack of the series and bucket of the last [#bucket] call.
        ///
        /// @param value 1 or more, saturating at 2^63−1
        void sighting(StackId stack, long value);
    }

    /// Returns the series that have sightings, in the order of [Series].
    List<Series> series();

    /// Returns the aggregation of a type, which the first committed batch with this type has set.
    SampleType.Aggregation aggregation(SampleType type);

    /// Passes every sighting of matching series in a range of buckets to `visitor`, series by series, in
    /// ascending order of buckets. Sightings that are committed during the call may or may not be
    /// included.
    ///
    /// @param from the first bucket
    /// @param to the first bucket after the range
    void scan(Predicate<Series> which, long from, long to, Visitor visitor);
}
