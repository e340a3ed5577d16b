package dev.stackmapd.elfcore.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/// The file that an index is written to. It has a temporary name in the target's folder until [#publish]
/// renames it; closing it before that deletes it. Not thread-safe.
final class IndexOutput implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final BuildDisk disk;
    private final Path temporary;
    private final Path target;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteSink directory;
    private final CRC32C checksum = new CRC32C();
    private int section;
    private long sectionStart;
    private long position;

    /// @param headerBytes the bytes to leave free at the beginning
    IndexOutput(BuildMemory memory, BuildDisk disk, Path target, int headerBytes) throws IOException {
        this.directory = new ByteSink(memory, IndexFormat.SECTIONS * IndexFormat.DIRECTORY_ENTRY_BYTES);
        this.disk = disk;
        this.target = target;
        this.temporary = temporaryFor(target, "index");
        this.channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        this.position = headerBytes;
        channel.position(headerBytes);
    }

    /// Returns a path beside the target with a name derived from it, so that leftovers of a crash can be
    /// recognised.
    static Path temporaryFor(Path target, String what) {
        return target.resolveSibling("%s.%d-%x.%s.tmp"
                .formatted(target.getFileName(), ProcessHandle.current().pid(), System.nanoTime(), what));
    }

    void beginSection(int number) {
        section = number;
        sectionStart = position;
        checksum.reset();
    }

    void write(ByteSink bytes) throws IOException {
        write(bytes.array(), bytes.size());
    }

    private void write(byte[] bytes, int size) throws IOException {
        disk.take(size);
        checksum.update(bytes, 0, size);
        for (int at = 0; at < size; ) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int part = Math.min(size - at, buffer.remaining());
            buffer.put(bytes, at, part);
            at += part;
        }
        position += size;
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    void endSection() {
        directory.fixed(section, Integer.BYTES);
        directory.fixed(checksum.getValue(), Integer.BYTES);
        directory.fixed(sectionStart, Long.BYTES);
        directory.fixed(position - sectionStart, Long.BYTES);
    }

    /// Returns the number of bytes written and left free so far; at the end it is the size of the file.
    long position() {
        return position;
    }

    /// Adds directory and checksum to the header, writes it at the beginning, flushes the file to disk,
    /// and renames it to its target.
    void publish(ByteSink header) throws IOException {
        header.bytes(directory.array(), 0, directory.size());
        checksum.reset();
        checksum.update(header.array(), 0, header.size());
        header.fixed(checksum.getValue(), Integer.BYTES);
        flush();
        ByteBuffer bytes = ByteBuffer.wrap(header.array(), 0, header.size());
        for (long at = 0; bytes.hasRemaining(); ) {
            at += channel.write(bytes, at);
        }
        channel.force(true);
        channel.close();
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceDirectory(target.resolveSibling("."));
    }

    private static void forceDirectory(Path directory) throws IOException {
        try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
            opened.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(temporary);
    }
}
