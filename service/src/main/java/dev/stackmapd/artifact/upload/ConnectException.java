package dev.stackmapd.artifact.upload;

import java.util.Locale;

/// An error in the form of the Connect protocol: `{"code", "message"}`.
public final class ConnectException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    ConnectException(Code code, String message) {
        super(message);
        this.code = code;
    }

    /// The error code; the protocol maps both to HTTP status 400.
    public enum Code {
        INVALID_ARGUMENT,
        FAILED_PRECONDITION;

        /// Returns the code as it is written in the response.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Code code() {
        return code;
    }
}
