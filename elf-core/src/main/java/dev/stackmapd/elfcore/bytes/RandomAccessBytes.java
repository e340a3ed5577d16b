package dev.stackmapd.elfcore.bytes;

import java.io.IOException;

/// Reads by position from a source of known size: an open file, or the head of a file that a sender
/// included.
///
/// The size is determined once, when the source is opened. Each implementation documents whether threads
/// may share it.
public interface RandomAccessBytes {

    /// Returns the name of the source for error messages. It must not be a path of the server.
    String source();

    /// Returns the number of bytes available, from offset 0.
    long size();

    /// Copies up to `length` bytes that start at `offset` to the beginning of `into`.
    ///
    /// @param offset 0 or more; at or past the end, nothing is read
    /// @return how many bytes were copied; fewer than `length` only where the source ends, never because
    ///     a read came back short
    int read(long offset, byte[] into, int length) throws IOException;
}
