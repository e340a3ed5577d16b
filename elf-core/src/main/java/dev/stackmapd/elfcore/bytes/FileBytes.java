package dev.stackmapd.elfcore.bytes;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// An open file, read by position and never mapped: for build-ids this is several times faster than a
/// mapping.
///
/// For one thread at a time: a read moves the file's own position. `RandomAccessFile` rather than a
/// channel, which would copy through a direct buffer for each read and would be closed by an interrupt
/// of the reading thread.
public final class FileBytes implements RandomAccessBytes, AutoCloseable {
    private final String source;
    private final RandomAccessFile file;
    private final long size;
    private long position;

    private FileBytes(String source, RandomAccessFile file, long size) {
        this.source = source;
        this.file = file;
        this.size = size;
    }

    /// Opens a regular file. Anything else (device, FIFO, socket, directory) is an `IOException` before
    /// it is opened: opening a FIFO may block for ever.
    public static FileBytes open(Path path) throws IOException {
        return open(path, requireRegular(path));
    }

    /// Opens a file that the caller has already found to be a regular one, of `size` bytes.
    public static FileBytes open(Path path, long size) throws IOException {
        return new FileBytes(String.valueOf(path.getFileName()), new RandomAccessFile(path.toFile(), "r"), size);
    }

    /// Returns the size of a regular file in bytes. Follows links, and throws for anything else than a
    /// regular file.
    static long requireRegular(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new IOException("not a regular file: " + path.getFileName());
        }
        return attributes.size();
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(long offset, byte[] into, int length) throws IOException {
        int wanted = Math.clamp(size - offset, 0, length);
        if (wanted > 0 && offset != position) {
            file.seek(offset);
        }
        int copied = 0;
        while (copied < wanted) {
            int got = file.read(into, copied, wanted - copied);
            if (got < 0) {
                break;
            }
            copied += got;
        }
        position = wanted > 0 ? offset + copied : position;
        return copied;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
