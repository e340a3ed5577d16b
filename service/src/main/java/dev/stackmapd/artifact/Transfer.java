package dev.stackmapd.artifact;

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
/// @param path a regular file that is complete
/// @param offset of the first byte
/// @param size bytes, inside the file
/// @param modified when the file was
/// @param tag changes when the bytes do: an `ETag` without its quotes
record Transfer(Path path, long offset, long size, Instant modified, String tag) {
    private static final int BUFFER = 128 << 10;

    static Transfer of(Path path) throws IOException {
        return of(path, 0, Files.size(path));
    }

    static Transfer of(Path path, long offset, long size) throws IOException {
        Instant modified = Files.getLastModifiedTime(path).toInstant();
        String tag = "%x-%x-%x-%x".formatted(Files.size(path), modified.toEpochMilli(), offset, size);
        return new Transfer(path, offset, size, modified, tag);
    }

    /// @param from counted from the part's beginning
    /// @throws EOFException where the file was cut short meanwhile
    void copy(long from, long length, OutputStream out) throws IOException {
        byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(length, 1))];
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            long at = offset + from;
            long end = at + length;
            while (at < end) {
                int read = file.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, end - at)), at);
                if (read < 0) {
                    throw new EOFException("the file became shorter while it was sent");
                }
                out.write(buffer, 0, read);
                at += read;
            }
        }
    }
}
