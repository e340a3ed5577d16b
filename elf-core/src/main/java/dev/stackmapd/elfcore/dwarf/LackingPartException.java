package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// Another file that debug information is spread over cannot be had, or what it has is wrong.
final class LackingPartException extends MalformedBinaryException {
    private static final long serialVersionUID = 1L;

    private final transient LackingPart part;

    LackingPartException(LackingPart part, String source, long offset, String reason) {
        super(source, offset, reason);
        this.part = part;
    }

    /// It is remembered for each unit that lacks: where it was thrown first says nothing, and takes a kilobyte.
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    LackingPart part() {
        return part;
    }
}
