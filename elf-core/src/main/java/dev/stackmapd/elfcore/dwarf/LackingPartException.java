package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// Thrown if another file that debug information is spread over cannot be found or read, or is wrong.
final class LackingPartException extends MalformedBinaryException {
    private static final long serialVersionUID = 1L;

    private final transient LackingPart part;

    LackingPartException(LackingPart part, String source, long offset, String reason) {
        super(source, offset, reason);
        this.part = part;
    }

    /// Omits the stack trace. The exception is kept for each missing unit, and a trace would take a
    /// kilobyte.
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    LackingPart part() {
        return part;
    }
}
