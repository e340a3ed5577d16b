package dev.stackmapd.elfcore.elf;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.GrowingBytes;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// How a section is compressed, and the way back. Memory grows with what comes out: a claimed size is no reason to
/// allocate it.
enum Inflation {
    ZLIB {
        @Override
        void inflate(Cursor from, GrowingBytes into) throws MalformedBinaryException {
            try (Inflater inflater = new Inflater();
                    Arena arena = Arena.ofConfined()) {
                ByteBuffer input = input(arena, from);
                inflater.setInput(input);
                while (!inflater.finished()) {
                    if (inflater.needsInput()) {
                        refill(from, input);
                        inflater.setInput(input);
                    }
                    into.advance(inflater.inflate(into.room()));
                    if (inflater.needsDictionary()) {
                        throw from.malformed("the zlib stream needs a dictionary");
                    }
                }
            } catch (DataFormatException e) {
                throw from.malformed("broken zlib stream: " + e.getMessage());
            }
        }
    },
    ZSTD {
        @Override
        void inflate(Cursor from, GrowingBytes into) throws MalformedBinaryException {
            try (ZstdDecompressCtx context = new ZstdDecompressCtx();
                    Arena arena = Arena.ofConfined()) {
                ByteBuffer input = input(arena, from);
                boolean finished = false;
                while (!finished || from.remaining() > 0 || input.hasRemaining()) {
                    if (!input.hasRemaining()) {
                        refill(from, input);
                    }
                    ByteBuffer room = into.room();
                    finished = context.decompressDirectByteBufferStream(room, input);
                    into.advance(room.position());
                }
            } catch (ZstdException e) {
                throw from.malformed("broken zstd stream: " + e.getMessage());
            }
        }
    };

    private static final int CHUNK = 1 << 16;
    // Debug information deflates to a third; what claims more than this begins small and grows.
    private static final int FIRST_GUESS = 16;

    /// Inflates everything that a cursor has left. The result must have exactly the claimed size.
    ///
    /// @param size bytes that the header claims, within the limits
    /// @return to be closed by the caller
    MappedBytes inflate(Cursor from, long size, String source) throws MalformedBinaryException {
        long expected = Math.min(size, from.remaining() * FIRST_GUESS);
        // One byte more than claimed, so that a stream may end exactly when the claim is filled.
        try (GrowingBytes into = new GrowingBytes(source, expected + 1, size + 1)) {
            inflate(from, into);
            if (into.filled() != size) {
                throw from.malformed("inflated to " + into.filled() + " bytes, the header says " + size);
            }
            return into.finish();
        }
    }

    abstract void inflate(Cursor from, GrowingBytes into) throws MalformedBinaryException;

    /// An empty buffer for the compressed bytes.
    private static ByteBuffer input(Arena arena, Cursor from) {
        return arena.allocate(Math.clamp(from.remaining(), 1, CHUNK))
                .asByteBuffer()
                .limit(0);
    }

    private static void refill(Cursor from, ByteBuffer input) throws MalformedBinaryException {
        if (from.remaining() == 0) {
            throw from.malformed("the compressed stream ends early");
        }
        input.clear().limit((int) Math.min(input.capacity(), from.remaining()));
        from.takeInto(input, "compressed bytes");
        input.flip();
    }
}
