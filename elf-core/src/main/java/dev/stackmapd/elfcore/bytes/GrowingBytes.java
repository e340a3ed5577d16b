package dev.stackmapd.elfcore.bytes;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// Memory outside the heap that is filled from its beginning and grows with what arrives, up to a limit: the target
/// of decompression. A claimed size is a hint and never an allocation, so that a small bomb costs what it has
/// produced.
///
/// Owned by one thread until [#finish] hands the memory over; closed instead, it gives the memory back.
public final class GrowingBytes implements AutoCloseable {
    private static final int LARGEST_WINDOW = 1 << 20;

    private final String source;
    private final long limit;
    private Memory memory;
    private long filled;
    private boolean handedOver;

    /// @param expected bytes to begin with; the caller bounds it by what was really received
    /// @param limit bytes at most
    public GrowingBytes(String source, long expected, long limit) {
        this.source = source;
        this.limit = limit;
        this.memory = Memory.of(Math.clamp(expected, 1, limit));
    }

    public long filled() {
        return filled;
    }

    /// Room for the next bytes, at most a MiB, never empty. What was put there counts once [#advance] was called.
    public ByteBuffer room() throws MalformedBinaryException {
        if (filled == memory.bytes.byteSize()) {
            grow();
        }
        return memory.bytes
                .asSlice(filled, Math.min(memory.bytes.byteSize() - filled, LARGEST_WINDOW))
                .asByteBuffer();
    }

    /// Counts bytes that were put into the last room.
    public void advance(int produced) {
        filled += produced;
    }

    /// Copies the whole rest of a cursor behind what is there.
    public void append(Cursor from) throws MalformedBinaryException {
        while (from.remaining() > 0) {
            ByteBuffer room = room();
            room.limit((int) Math.min(room.limit(), from.remaining()));
            from.takeInto(room, "contents");
            advance(room.position());
        }
    }

    /// Returns bytes that are filled already; none where any of them is not.
    public byte[] copyOf(long at, int length) {
        boolean inside = at >= 0 && at <= filled - length;
        byte[] copy = new byte[inside ? length : 0];
        MemorySegment.copy(memory.bytes, inside ? at : 0, MemorySegment.ofArray(copy), 0, copy.length);
        return copy;
    }

    /// Overwrites bytes that are filled already; outside them, nothing happens and the answer is false.
    public boolean overwrite(long at, byte[] value) {
        boolean inside = at >= 0 && at <= filled - value.length;
        if (inside) {
            MemorySegment.copy(MemorySegment.ofArray(value), 0, memory.bytes, at, value.length);
        }
        return inside;
    }

    /// Hands the memory over: who gets it closes it.
    public MappedBytes finish() {
        handedOver = true;
        return MappedBytes.filled(source, memory.arena, memory.bytes.asSlice(0, filled));
    }

    private void grow() throws MalformedBinaryException {
        long size = memory.bytes.byteSize();
        if (size >= limit) {
            throw new OverLimitException(source, 0, "more than " + limit + " bytes after decompression");
        }
        Memory larger = Memory.of(Math.min(limit, size * 2));
        MemorySegment.copy(memory.bytes, 0, larger.bytes, 0, size);
        memory.close();
        memory = larger;
    }

    @Override
    public void close() {
        if (!handedOver) {
            memory.close();
        }
    }

    /// Memory and what frees it.
    @SuppressWarnings("MustBeClosedChecker") // the arena is closed by close()
    private static final class Memory implements AutoCloseable {
        private final Arena arena;
        private final MemorySegment bytes;

        private Memory(Arena arena, long size) {
            this.arena = arena;
            this.bytes = arena.allocate(size);
        }

        static Memory of(long size) {
            return new Memory(Arena.ofShared(), size);
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
