package dev.stackmapd.series;

/// Time buckets of sightings: intervals of 10 seconds, counted from the epoch.
public final class TimeBuckets {
    public static final long MILLIS = 10_000;

    private TimeBuckets() {}

    /// Returns the number of the bucket that contains a time.
    ///
    /// @param millis milliseconds since the epoch, negative before it
    public static long of(long millis) {
        return Math.floorDiv(millis, MILLIS);
    }

    /// Returns the first millisecond of a bucket, counted from the epoch.
    public static long start(long bucket) {
        return Math.multiplyExact(bucket, MILLIS);
    }
}
