package dev.stackmapd.artifact.upload;

import java.util.Locale;

/// An error as Connect clients read it: `{"code", "message"}`.
public final class ConnectException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    ConnectException(Code code, String message) {
        super(message);
        this.code = code;
    }

    /// Both are a 400 over HTTP, as the protocol has it.
    public enum Code {
        INVALID_ARGUMENT,
        FAILED_PRECONDITION;

        /// As it is written in the answer.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Code code() {
        return code;
    }
}
