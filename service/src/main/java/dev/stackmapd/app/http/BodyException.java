package dev.stackmapd.app.http;

import java.io.IOException;

/// A request body that cannot be read to its end, by its sender's fault.
abstract sealed class BodyException extends IOException {
    private static final long serialVersionUID = 1L;

    private BodyException(String message) {
        super(message);
    }

    /// Over a limit, before or after decompression.
    static final class TooLarge extends BodyException {
        private static final long serialVersionUID = 1L;

        TooLarge(String message) {
            super(message);
        }
    }

    /// Still coming after the time that it may take.
    static final class TooSlow extends BodyException {
        private static final long serialVersionUID = 1L;

        TooSlow(String message) {
            super(message);
        }
    }

    /// There is no memory to receive it into now; the sender may try again.
    static final class NoRoom extends BodyException {
        private static final long serialVersionUID = 1L;

        NoRoom(String message) {
            super(message);
        }
    }

    /// Not what its `Content-Encoding` says.
    static final class Undecodable extends BodyException {
        private static final long serialVersionUID = 1L;

        Undecodable(String message, IOException cause) {
            super(message);
            initCause(cause);
        }
    }
}
