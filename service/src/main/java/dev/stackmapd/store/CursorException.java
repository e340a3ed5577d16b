package dev.stackmapd.store;

/// A text is not a cursor of the port to which it was passed.
public final class CursorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CursorException() {
        super("is not a cursor that an earlier page gave");
    }
}
