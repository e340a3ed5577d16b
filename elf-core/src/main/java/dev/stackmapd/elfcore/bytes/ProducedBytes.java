package dev.stackmapd.elfcore.bytes;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Bytes that are made from the first one up to the last one that is read: what is never read is never inflated, and
/// a claimed size costs neither memory nor disk. What was made stays in scratch space.
///
/// Owns the producer and the scratch space. Damage in the middle leaves what came before it. Thread-safe; a thread that
/// needs bytes that another one is making waits.
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
    /// @param limit bytes of them that may be made; a chunk of 256 KiB is made whole or not at all
    public ProducedBytes(String source, long size, long limit, ByteProducer producer, ScratchSpace space) {
        this.source = source;
        this.size = size;
        this.limit = limit;
        this.producer = producer;
        this.written = new ScratchBytes(source, Math.min(size, limit), space);
    }

    /// All of them, none made yet.
    public ByteExtent extent(ByteOrder order) {
        return new ByteExtent(source, this, 0, size, 0, order);
    }

    /// Returns what is made of the bytes, from the first one on, once that is at least `end` bytes.
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
            // What lies before the damage can be read.
            written.append(chunk.flip());
            throw e;
        }
        if (written.filled() + chunk.position() == size) {
            producer.finish();
        }
        written.append(chunk.flip());
    }

    /// Waits for a thread that makes bytes, but for no reader: a read that comes later is an `IllegalStateException`.
    @Override
    public synchronized void close() {
        written.close();
        producer.close();
    }
}
