package dev.stackmapd.elfcore.bytes;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Bytes that are made from the first one on, as far as somebody reads: what is never read is never inflated, and
/// a claimed size costs no memory. What was made stays, outside the heap, in chunks.
///
/// Owns the producer and the memory. Damage in the middle leaves what came before it. Thread-safe; who needs bytes
/// that another thread is making waits.
@SuppressWarnings("MustBeClosedChecker") // the arena is closed by close()
public final class ProducedBytes implements AutoCloseable {
    private static final int CHUNK_BITS = 20;
    private static final long CHUNK = 1L << CHUNK_BITS;

    private final String source;
    private final long size;
    private final ByteProducer producer;
    private final ByteQuota quota;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment[] chunks;
    private volatile int made;
    private @Nullable MalformedBinaryException broken;

    /// @param source what errors call the bytes
    /// @param size bytes that there will be, within the quota
    public ProducedBytes(String source, long size, ByteProducer producer, ByteQuota quota) {
        this.source = source;
        this.size = size;
        this.producer = producer;
        this.quota = quota;
        this.chunks = new MemorySegment[Math.toIntExact((size + CHUNK - 1) >>> CHUNK_BITS)];
    }

    /// All of them, none made yet.
    public ByteExtent extent(ByteOrder order) {
        return new ByteExtent(source, this, 0, size, 0, order);
    }

    /// Memory that holds at least `length` bytes, not 0 and within the size: a whole chunk if it can be, else a copy
    /// of up to `wanted` bytes of two chunks or more.
    Span span(long position, long length, long wanted) throws MalformedBinaryException {
        int first = (int) (position >>> CHUNK_BITS);
        int last = (int) ((position + length - 1) >>> CHUNK_BITS);
        if (last >= made) {
            makeUpTo(last);
        }
        if (first == last) {
            return new Span(chunks[first], (long) first << CHUNK_BITS);
        }
        long end = Math.min(size, (last + 1L) << CHUNK_BITS);
        return new Span(joined(position, Math.min(wanted, end - position)), position);
    }

    private MemorySegment joined(long position, long length) {
        MemorySegment joined = Arena.ofAuto().allocate(length);
        for (long done = 0; done < length; ) {
            MemorySegment chunk = chunks[(int) ((position + done) >>> CHUNK_BITS)];
            long from = (position + done) & (CHUNK - 1);
            long part = Math.min(length - done, chunk.byteSize() - from);
            MemorySegment.copy(chunk, from, joined, done, part);
            done += part;
        }
        return joined;
    }

    private synchronized void makeUpTo(int last) throws MalformedBinaryException {
        while (made <= last) {
            if (broken != null) {
                throw broken;
            }
            try {
                chunks[made] = makeNext();
                made++;
            } catch (MalformedBinaryException e) {
                broken = e;
                throw e;
            }
        }
    }

    private MemorySegment makeNext() throws MalformedBinaryException {
        long start = (long) made << CHUNK_BITS;
        long bytes = Math.min(CHUNK, size - start);
        quota.take(bytes, source);
        MemorySegment chunk = arena.allocate(bytes);
        producer.produce(chunk.asByteBuffer());
        if (start + bytes == size) {
            producer.finish();
        }
        return chunk;
    }

    /// Waits for who makes bytes, but for no reader: a read that comes later is an `IllegalStateException`.
    @Override
    public synchronized void close() {
        arena.close();
        producer.close();
    }

    /// Memory that holds some of the bytes, and where it begins among them.
    static final class Span {
        final MemorySegment memory;
        final long start;

        Span(MemorySegment memory, long start) {
            this.memory = memory;
            this.start = start;
        }
    }
}
