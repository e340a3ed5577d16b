package dev.stackmapd.debuginfod;

import dev.stackmapd.artifact.Artifacts.ServedFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/// A part of a file to be sent.
///
/// @param served a regular file that is complete
/// @param offset of the first byte
/// @param size bytes, inside the file
/// @param modified when the file was
/// @param tag changes when the bytes do: an `ETag` without its quotes
/// @param imaSignature the upstream's, of a whole file whose bytes are the upstream's own; otherwise
///     empty
record Transfer(ServedFile served, long offset, long size, Instant modified, String tag, String imaSignature) {
    /// The size of the buffer, in bytes; there is one for each connection, as long as its client reads.
    private static final int BUFFER = 16 << 10;

    static Transfer of(ServedFile served) throws IOException {
        long size = Files.size(served.file().path());
        return of(served, 0, size, served.held().imaSignature(served.file()));
    }

    /// Returns the transfer of a part of the file, which has no signature.
    static Transfer of(ServedFile served, long offset, long size) throws IOException {
        return of(served, offset, size, "");
    }

    private static Transfer of(ServedFile served, long offset, long size, String imaSignature) throws IOException {
        Path path = served.file().path();
        Instant modified = Files.getLastModifiedTime(path).toInstant();
        String tag = "%x-%x-%x-%x".formatted(Files.size(path), modified.toEpochMilli(), offset, size);
        return new Transfer(served, offset, size, modified, tag, imaSignature);
    }

    /// @param from counted from the part's beginning
    /// @throws IOException also if the file was truncated or found to be damaged meanwhile: the client
    ///     then sees an incomplete response
    void copy(long from, long length, OutputStream out) throws IOException {
        byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(length, 1))];
        try (FileChannel file = FileChannel.open(served.file().path(), StandardOpenOption.READ)) {
            long at = offset + from;
            long end = at + length;
            while (at < end) {
                int read = file.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, end - at)), at);
                if (read < 0) {
                    throw new EOFException("the file became shorter while it was sent");
                }
                served.requireSound();
                out.write(buffer, 0, read);
                at += read;
            }
        }
    }
}
