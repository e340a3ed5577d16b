package dev.stackmapd.elfcore.bytes;

/// The bytes are not the format they claim to be. Retrying will not help; a different file might.
///
/// It is checked, and never used for a read that fails: that is an `IOException`, which may be
/// temporary.
public class MalformedBinaryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String source;
    private final long offset;
    private final String reason;

    /// @param source what was being read, e.g. `libc.so.6 .symtab`
    /// @param offset byte offset in the *file*, for use with `xxd -s`
    /// @param reason what was expected and what was found
    public MalformedBinaryException(String source, long offset, String reason) {
        super("%s: offset 0x%x: %s".formatted(source, offset, reason));
        this.source = source;
        this.offset = offset;
        this.reason = reason;
    }

    /// Returns the name of what was being read, without folders.
    public String source() {
        return source;
    }

    /// Returns the byte offset in the file, unsigned.
    public long offset() {
        return offset;
    }

    /// Returns the reason alone. The message has source and offset too.
    public String reason() {
        return reason;
    }
}
