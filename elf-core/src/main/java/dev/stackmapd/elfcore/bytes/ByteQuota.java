package dev.stackmapd.elfcore.bytes;

/// Limits the heap that all objects of one kind take for one open file. Thread-safe.
public final class ByteQuota {
    private final String what;
    private final long limit;
    private long left;

    /// @param what what takes them, for the error, e.g. "of lists of its parts"
    public ByteQuota(long limit, String what) {
        this.what = what;
        this.limit = limit;
        this.left = limit;
    }

    /// Returns the bytes that may still be taken.
    public synchronized long left() {
        return left;
    }

    /// @param source what needs the bytes, for the error
    public synchronized void take(long bytes, String source) throws MalformedBinaryException {
        if (bytes > left) {
            throw new OverLimitException(source, 0, "more than " + limit + " bytes " + what);
        }
        left -= bytes;
    }
}
