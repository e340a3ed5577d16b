package dev.stackmapd.elfcore.elf;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.stackmapd.elfcore.bytes.ByteProducer;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// The compression of a section, and how to inflate it.
enum Inflation {
    ZLIB {
        @Override
        ByteProducer begin(Cursor from, long size) {
            return new Zlib(from, size);
        }
    },
    ZSTD {
        @Override
        ByteProducer begin(Cursor from, long size) {
            return new Zstd(from, size);
        }
    };

    /// Returns a producer that inflates the rest of a cursor, which must give exactly the claimed size.
    /// The producer owns the cursor.
    ///
    /// @param size bytes that the header claims
    abstract ByteProducer begin(Cursor from, long size);

    /// One compressed stream. A portion of it is in `input`; the rest has not been read yet.
    @SuppressWarnings("MustBeClosedChecker") // the arena is closed by close()
    private abstract static class Stream implements ByteProducer {
        private static final int PIECE = 1 << 16;

        private final Cursor from;
        private final long size;
        private final Arena arena = Arena.ofShared();
        private final ByteBuffer input;
        private long produced;

        Stream(Cursor from, long size) {
            this.from = from;
            this.size = size;
            this.input = arena.allocate(Math.clamp(from.remaining(), 1, PIECE))
                    .asByteBuffer()
                    .limit(0);
        }

        /// Inflates bytes from `input` to `room`, until one of them ends.
        abstract void step(ByteBuffer input, ByteBuffer room, Cursor from) throws MalformedBinaryException;

        abstract boolean finished();

        @Override
        public void produce(ByteBuffer room) throws MalformedBinaryException {
            while (room.hasRemaining()) {
                if (finished()) {
                    throw from.malformed(
                            "inflated to " + (produced + room.position()) + " bytes, the header says " + size);
                }
                advance(room);
            }
            produced += room.position();
        }

        /// Checks that the stream ends. The end marker may take further compressed bytes.
        @Override
        public void finish() throws MalformedBinaryException {
            ByteBuffer beyond = arena.allocate(1).asByteBuffer();
            while (!finished()) {
                advance(beyond);
                if (!beyond.hasRemaining()) {
                    throw from.malformed("inflates to more than the " + size + " bytes that the header says");
                }
            }
        }

        private void advance(ByteBuffer room) throws MalformedBinaryException {
            int before = room.position();
            step(input, room, from);
            if (room.position() == before && !input.hasRemaining() && !finished()) {
                refill();
            }
        }

        /// Returns true if the stream has received all compressed bytes.
        boolean atEnd() {
            return from.remaining() == 0 && !input.hasRemaining();
        }

        private void refill() throws MalformedBinaryException {
            if (from.remaining() == 0) {
                throw from.malformed("the compressed stream ends early");
            }
            input.clear().limit((int) Math.min(input.capacity(), from.remaining()));
            from.takeInto(input, "compressed bytes");
            input.flip();
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    private static final class Zlib extends Stream {
        private final Inflater inflater = new Inflater();

        Zlib(Cursor from, long size) {
            super(from, size);
        }

        @Override
        void step(ByteBuffer input, ByteBuffer room, Cursor from) throws MalformedBinaryException {
            try {
                inflater.setInput(input);
                inflater.inflate(room);
            } catch (DataFormatException e) {
                throw from.malformed("broken zlib stream: " + e.getMessage());
            }
            if (inflater.needsDictionary()) {
                throw from.malformed("the zlib stream needs a dictionary");
            }
        }

        @Override
        boolean finished() {
            return inflater.finished();
        }

        @Override
        public void close() {
            inflater.close();
            super.close();
        }
    }

    private static final class Zstd extends Stream {
        private final ZstdDecompressCtx context = new ZstdDecompressCtx();
        // There may be several frames.
        private boolean endOfFrame;

        Zstd(Cursor from, long size) {
            super(from, size);
        }

        @Override
        void step(ByteBuffer input, ByteBuffer room, Cursor from) throws MalformedBinaryException {
            try {
                endOfFrame = context.decompressDirectByteBufferStream(room, input);
            } catch (ZstdException e) {
                throw from.malformed("broken zstd stream: " + e.getMessage());
            }
        }

        @Override
        boolean finished() {
            return endOfFrame && atEnd();
        }

        @Override
        public void close() {
            context.close();
            super.close();
        }
    }
}
