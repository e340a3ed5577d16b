package dev.stackmapd.elfcore.bytes;

import java.io.IOException;

/// Positioned reads from something that has a size: an open file, or the head of one that a sender included.
///
/// The size is taken once, when the source is opened. An implementation says itself whether threads may share it.
public interface RandomAccessBytes {

    /// What is being read, for error messages; never a path of the server's that a client must not see.
    String source();

    /// Bytes available, from offset 0.
    long size();

    /// Copies up to `length` bytes that start at `offset` to the beginning of `into`.
    ///
    /// @param offset 0 or more; at or past the end, nothing is read
    /// @return how many bytes were copied; fewer than `length` only where the source ends, never because a read
    ///     came back short
    int read(long offset, byte[] into, int length) throws IOException;
}
