package dev.stackmapd.store;

/// A text is no cursor of the port that it was given to.
public final class CursorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CursorException() {
        super("is not a cursor that an earlier page gave");
    }
}
