package dev.stackmapd.elfcore.bytes;

/// Bytes of memory that all sections of one file together may take. Thread-safe.
public final class ByteQuota {
    private final long limit;
    private long left;

    public ByteQuota(long limit) {
        this.limit = limit;
        this.left = limit;
    }

    public synchronized long left() {
        return left;
    }

    /// @param source what needs the bytes, for the error
    public synchronized void take(long bytes, String source) throws MalformedBinaryException {
        if (bytes > left) {
            throw new OverLimitException(source, 0, "more than " + limit + " bytes after decompression and relocation");
        }
        left -= bytes;
    }
}
