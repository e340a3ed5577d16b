package dev.stackmapd.elfcore.bytes;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Bytes that are produced in order, up to the last one that is read. What is never read is never
/// inflated, and a claimed size costs neither memory nor disk. Produced bytes stay in scratch space.
///
/// It owns the producer and the scratch space. Bytes before a damaged position stay readable.
/// Thread-safe; a thread that needs bytes that another one is producing waits.
public final class ProducedBytes implements AutoCloseable {
    private static final int CHUNK = 1 << 18;

    private final String source;
    private final long size;
    private final long limit;
    private final ByteProducer producer;
    private final ScratchBytes written;
    private volatile MemorySegment made = MemorySegment.NULL;
    private @Nullable MalformedBinaryException broken;

    /// @param source what errors call the bytes
    /// @param size bytes that there will be
    /// @param limit bytes of them that may be produced; a chunk of 256 KiB is produced whole or not at
    ///     all
    public ProducedBytes(String source, long size, long limit, ByteProducer producer, ScratchSpace space) {
        this.source = source;
        this.size = size;
        this.limit = limit;
        this.producer = producer;
        this.written = new ScratchBytes(source, Math.min(size, limit), space);
    }

    /// Returns all of the bytes, none of which is produced yet.
    public ByteExtent extent(ByteOrder order) {
        return new ByteExtent(source, this, 0, size, 0, order);
    }

    /// Returns the bytes produced so far, after producing at least `end` bytes.
    ///
    /// @param end at most the size
    MemorySegment upTo(long end) throws MalformedBinaryException {
        MemorySegment ready = made;
        return end <= ready.byteSize() ? ready : makeUpTo(end);
    }

    private synchronized MemorySegment makeUpTo(long end) throws MalformedBinaryException {
        if (end > made.byteSize() && broken == null) {
            try {
                make(end);
            } catch (MalformedBinaryException e) {
                broken = e;
            }
            made = written.contents();
        }
        if (end > made.byteSize() && broken != null) {
            throw broken;
        }
        return made;
    }

    private void make(long end) throws MalformedBinaryException {
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer chunk = arena.allocate(Math.min(CHUNK, size)).asByteBuffer();
            while (written.filled() < end) {
                long next = Math.min(CHUNK, size - written.filled());
                if (next > limit - written.filled()) {
                    throw new OverLimitException(
                            source, 0, "more than " + limit + " bytes after decompression and relocation");
                }
                makeNext(chunk.clear().limit((int) next));
            }
        }
    }

    private void makeNext(ByteBuffer chunk) throws MalformedBinaryException {
        try {
            producer.produce(chunk);
        } catch (MalformedBinaryException e) {
            // Bytes before the damaged position can be read.
            written.append(chunk.flip());
            throw e;
        }
        if (written.filled() + chunk.position() == size) {
            producer.finish();
        }
        written.append(chunk.flip());
    }

    /// Waits for a thread that produces bytes, but not for readers: a later read throws
    /// `IllegalStateException`.
    @Override
    public synchronized void close() {
        written.close();
        producer.close();
    }
}
