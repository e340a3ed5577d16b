package dev.stackmapd.series;

/// Time, in the steps in which sightings are kept: 10 seconds, counted from the epoch.
public final class TimeBuckets {
    public static final long MILLIS = 10_000;

    private TimeBuckets() {}

    /// Returns the number of the bucket that a time lies in.
    ///
    /// @param millis since the epoch, before it negative
    public static long of(long millis) {
        return Math.floorDiv(millis, MILLIS);
    }

    /// Returns the first millisecond of a bucket, since the epoch.
    public static long start(long bucket) {
        return Math.multiplyExact(bucket, MILLIS);
    }
}
