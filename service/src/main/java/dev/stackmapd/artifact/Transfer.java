package dev.stackmapd.artifact;

import dev.stackmapd.artifact.Artifacts.Served;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/// A part of a file that is about to be sent.
///
/// @param served a regular file that is complete
/// @param offset of the first byte
/// @param size bytes, inside the file
/// @param modified when the file was
/// @param tag changes when the bytes do: an `ETag` without its quotes
record Transfer(Served served, long offset, long size, Instant modified, String tag) {
    /// Held while the client takes its time, for as many clients as there may be connections.
    private static final int BUFFER = 16 << 10;

    static Transfer of(Served served) throws IOException {
        return of(served, 0, Files.size(served.file().path()));
    }

    static Transfer of(Served served, long offset, long size) throws IOException {
        Path path = served.file().path();
        Instant modified = Files.getLastModifiedTime(path).toInstant();
        String tag = "%x-%x-%x-%x".formatted(Files.size(path), modified.toEpochMilli(), offset, size);
        return new Transfer(served, offset, size, modified, tag);
    }

    /// @param from counted from the part's beginning
    /// @throws IOException also where the file was cut short meanwhile, or proved to be damaged: the client
    ///     then sees that the answer has no end
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
