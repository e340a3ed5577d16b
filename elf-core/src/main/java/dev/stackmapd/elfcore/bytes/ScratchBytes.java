package dev.stackmapd.elfcore.bytes;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.bytes.ScratchSpace.ScratchFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// Appends bytes to a scratch file, up to a limit, and then maps it for reading.
///
/// The mapping is read-only and bytes reach the file by `write` alone. A store to a mapping of a full
/// disk is a SIGBUS; a `write` to it is an error, which becomes an [OverLimitException] here. A claimed
/// size costs nothing: the file has as many blocks as were appended. The file is created with the first
/// byte.
///
/// For one thread at a time until [#finish] hands the bytes over. Closing it before that frees the disk
/// space.
@SuppressWarnings("MustBeClosedChecker") // the arena is closed by close()
public final class ScratchBytes implements AutoCloseable {
    private static final int PAGE = 4096;

    private final String source;
    private final long limit;
    private final ScratchSpace space;
    private final Arena arena = Arena.ofShared();
    private @Nullable ScratchFile file;
    private long filled;
    private @Nullable MemorySegment mapping;
    private boolean handedOver;

    /// The page of the file that is being changed.
    private final byte[] page = new byte[PAGE];
    private long pageStart = -PAGE;
    private boolean changed;

    /// @param source what errors call the bytes
    /// @param limit bytes at most
    public ScratchBytes(String source, long limit, ScratchSpace space) {
        this.source = source;
        this.limit = limit;
        this.space = space;
    }

    /// Returns the number of bytes appended so far.
    public long filled() {
        return filled;
    }

    /// Appends the remaining bytes of a buffer.
    public void append(ByteBuffer bytes) throws MalformedBinaryException {
        if (bytes.remaining() > limit - filled) {
            throw new OverLimitException(source, 0, "more than " + limit + " bytes after decompression");
        }
        try {
            ScratchFile to = open();
            if (!to.reserve(bytes.remaining())) {
                throw new OverLimitException(
                        source, 0, "there is no disk space for more than " + filled + " bytes after decompression");
            }
            while (bytes.hasRemaining()) {
                filled += to.channel().write(bytes, filled);
            }
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    /// Appends the whole rest of a cursor.
    public void append(Cursor from) throws MalformedBinaryException {
        while (from.remaining() > 0) {
            append(ByteBuffer.wrap(from.take((int) Math.min(PAGE, from.remaining()), "contents")));
        }
    }

    /// Returns bytes that were appended before; none where any of them was not.
    public byte[] copyOf(long at, int length) throws MalformedBinaryException {
        if (!holds(at, length)) {
            return new byte[0];
        }
        byte[] copy = new byte[length];
        for (int i = 0; i < length; i++) {
            copy[i] = page[indexOf(at + i)];
        }
        return copy;
    }

    /// Overwrites bytes that were appended before. Returns false and changes nothing where any of them
    /// was not.
    public boolean overwrite(long at, byte[] value) throws MalformedBinaryException {
        if (!holds(at, value.length)) {
            return false;
        }
        for (int i = 0; i < value.length; i++) {
            page[indexOf(at + i)] = value[i];
            changed = true;
        }
        return true;
    }

    private boolean holds(long at, int length) {
        return at >= 0 && at <= filled - length;
    }

    private int indexOf(long at) throws MalformedBinaryException {
        if (at < pageStart || at >= pageStart + PAGE) {
            writePage();
            readPage(at & -PAGE);
        }
        return (int) (at - pageStart);
    }

    private void readPage(long start) throws MalformedBinaryException {
        ByteBuffer into = ByteBuffer.wrap(page, 0, (int) Math.min(PAGE, filled - start));
        try {
            FileChannel from = open().channel();
            while (into.hasRemaining() && from.read(into, start + into.position()) > 0) {
                // A read may come back short.
            }
        } catch (IOException e) {
            throw unwritten(e);
        }
        pageStart = start;
    }

    private void writePage() throws MalformedBinaryException {
        if (!changed) {
            return;
        }
        ByteBuffer from = ByteBuffer.wrap(page, 0, (int) Math.min(PAGE, filled - pageStart));
        try {
            while (from.hasRemaining()) {
                open().channel().write(from, pageStart + from.position());
            }
        } catch (IOException e) {
            throw unwritten(e);
        }
        changed = false;
    }

    /// Returns the bytes appended so far, valid until this is closed.
    MemorySegment contents() throws MalformedBinaryException {
        return filled == 0 ? MemorySegment.NULL : map(limit).asSlice(0, filled);
    }

    /// Hands the bytes over: closing them closes this.
    public MappedBytes finish() throws MalformedBinaryException {
        writePage();
        MemorySegment bytes = filled == 0 ? MemorySegment.NULL : map(filled);
        handedOver = true;
        return MappedBytes.filled(source, this::release, bytes);
    }

    /// Maps the file. A mapping longer than the file extends the file without allocating blocks.
    private MemorySegment map(long length) throws MalformedBinaryException {
        MemorySegment known = mapping;
        if (known == null) {
            try {
                known = open().channel().map(FileChannel.MapMode.READ_ONLY, 0, length, arena);
            } catch (IOException e) {
                throw unwritten(e);
            }
            mapping = known;
        }
        return known;
    }

    private ScratchFile open() throws IOException {
        ScratchFile opened = file;
        if (opened == null) {
            opened = requireNonNull(space.create());
            file = opened;
        }
        return opened;
    }

    /// Replaces an I/O error, whose message may have the path of the file.
    private OverLimitException unwritten(IOException e) {
        OverLimitException refused =
                new OverLimitException(source, 0, "its decompressed bytes cannot be written to disk");
        refused.initCause(e);
        return refused;
    }

    private void release() {
        arena.close();
        if (file != null) {
            file.close();
        }
    }

    @Override
    public void close() {
        if (!handedOver) {
            release();
        }
    }
}
