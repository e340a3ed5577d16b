package dev.stackmapd.elfcore.bytes;

/// The bytes may be well-formed, but reading them takes more than [ParseLimits] allow or [ScratchSpace]
/// has. They can be read with higher limits, or on a disk with more space.
public final class OverLimitException extends MalformedBinaryException {
    private static final long serialVersionUID = 1L;

    /// @param source what was being read, e.g. `libc.so.6 .debug_info`
    /// @param offset byte offset in the file
    /// @param reason which limit, and what exceeds it
    public OverLimitException(String source, long offset, String reason) {
        super(source, offset, reason);
    }
}
