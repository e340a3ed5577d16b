package dev.stackmapd.artifact.upload;

/// A piece of an upload that does not begin where the last one ended.
public final class OffsetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long received;

    OffsetException(String detail, long received) {
        super(detail);
        this.received = received;
    }

    /// Bytes of the file that are here: where the next piece has to begin.
    public long received() {
        return received;
    }
}
