package dev.stackmapd.artifact.upload;

/// Thrown for a piece of an upload that does not begin at the end of the last one.
public final class OffsetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long received;

    OffsetException(String detail, long received) {
        super(detail);
        this.received = received;
    }

    /// Returns the number of bytes received, which is the offset at which the next piece must begin.
    public long received() {
        return received;
    }
}
