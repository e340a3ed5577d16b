package dev.stackmapd.elfcore.bytes;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A whole file in memory, mapped or on the heap, as a source of [Cursor]s. It owns the mapping; cursors
/// are valid until it is closed.
///
/// Map only files that are renamed into place: one that is cut short under a mapping is an
/// `InternalError` at some later read. Immutable and thread-safe until it is closed; its cursors are
/// not.
@SuppressWarnings("MustBeClosedChecker") // the arena is closed by close()
public final class MappedBytes implements RandomAccessBytes, AutoCloseable {
    private final String source;
    private final Runnable release;
    private final MemorySegment bytes;

    private MappedBytes(String source, Runnable release, MemorySegment bytes) {
        this.source = source;
        this.release = release;
        this.bytes = bytes;
    }

    /// Maps a regular file; its name alone, without the folders, becomes the source.
    public static MappedBytes open(Path path) throws IOException {
        FileBytes.requireRegular(path);
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return new MappedBytes(String.valueOf(path.getFileName()), arena::close, bytes);
        } catch (IOException | RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /// @param bytes a whole file, not copied
    public static MappedBytes of(String source, byte[] bytes) {
        Arena arena = Arena.ofShared();
        return new MappedBytes(source, arena::close, MemorySegment.ofArray(bytes));
    }

    /// Returns bytes that were written before they were mapped: sections after decompression or
    /// relocation.
    ///
    /// @param release unmaps it
    static MappedBytes filled(String source, Runnable release, MemorySegment bytes) {
        return new MappedBytes(source, release, bytes);
    }

    /// Returns a cursor over `[offset, offset + length)` of the file. Both numbers come from a header
    /// and are unsigned.
    ///
    /// @param what names the part in errors, e.g. `.symtab`
    public Cursor cursor(long offset, long length, ByteOrder order, String what) throws MalformedBinaryException {
        return extent(offset, length, order, what).cursor();
    }

    /// Returns the part `[offset, offset + length)` of the file, from which any number of cursors can be
    /// made.
    public ByteExtent extent(long offset, long length, ByteOrder order, String what) throws MalformedBinaryException {
        long size = bytes.byteSize();
        if (Long.compareUnsigned(offset, size) > 0 || Long.compareUnsigned(length, size - offset) > 0) {
            throw new MalformedBinaryException(
                    source,
                    Long.compareUnsigned(offset, size) > 0 ? size : offset,
                    what + " is 0x" + Long.toHexString(length) + " bytes at 0x" + Long.toHexString(offset)
                            + ", but the file has 0x" + Long.toHexString(size));
        }
        return new ByteExtent(source + ' ' + what, bytes.asSlice(offset, length), offset, order);
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public long size() {
        return bytes.byteSize();
    }

    @Override
    public int read(long offset, byte[] into, int length) {
        int copied = Math.clamp(bytes.byteSize() - offset, 0, length);
        if (copied > 0) {
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, into, 0, copied);
        }
        return copied;
    }

    /// Does not wait for readers: a later read, on any thread, throws `IllegalStateException`.
    @Override
    public void close() {
        release.run();
    }
}
