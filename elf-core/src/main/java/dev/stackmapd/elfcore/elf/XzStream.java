package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import dev.stackmapd.elfcore.bytes.ScratchBytes;
import dev.stackmapd.elfcore.bytes.ScratchSpace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.tukaani.xz.XZInputStream;

/// Inflates an `xz` stream. Its header has no size, so the bytes that are produced are counted.
final class XzStream {
    /// Compressed bytes; Fedora's largest executables have a few MiB of symbols.
    static final int MAX_COMPRESSED_BYTES = 64 << 20;
    /// Inflated bytes, where the file's own limit is not lower.
    static final long MAX_INFLATED_BYTES = 256L << 20;
    /// Heap for the dictionary. Distributions compress with at most `xz -9`, which asks for 65 MiB; the
    /// header may ask for 4 GiB.
    static final int MAX_MEMORY_KIB = 72 << 10;

    private static final int CHUNK = 1 << 16;

    /// A dictionary takes much heap for a short time, so only one is in use at a time.
    private static final Object ONE_AT_A_TIME = new Object();

    private XzStream() {}

    /// @param limit the most bytes that may be produced
    /// @return to be closed by the caller
    static MappedBytes inflate(ByteExtent compressed, long limit, ScratchSpace space) throws MalformedBinaryException {
        Cursor from = compressed.cursor();
        if (from.remaining() > MAX_COMPRESSED_BYTES) {
            throw from.malformed(from.remaining() + " bytes, at most " + MAX_COMPRESSED_BYTES + " are inflated");
        }
        try (ScratchBytes into = new ScratchBytes(compressed.source(), Math.min(limit, MAX_INFLATED_BYTES), space)) {
            synchronized (ONE_AT_A_TIME) {
                copy(new CursorStream(from), into);
            }
            return into.finish();
        } catch (IOException e) {
            from.moveTo(0, "xz stream");
            throw from.malformed("broken xz stream: " + e);
        }
    }

    private static void copy(InputStream from, ScratchBytes into) throws IOException, MalformedBinaryException {
        byte[] chunk = new byte[CHUNK];
        try (XZInputStream stream = new XZInputStream(from, MAX_MEMORY_KIB)) {
            for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
                into.append(ByteBuffer.wrap(chunk, 0, read));
            }
        }
    }

    /// The rest of a cursor as a stream.
    private static final class CursorStream extends InputStream {
        private final Cursor from;

        CursorStream(Cursor from) {
            this.from = from;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int wanted = (int) Math.min(length, from.remaining());
            if (wanted == 0) {
                return length == 0 ? 0 : -1;
            }
            try {
                from.takeInto(ByteBuffer.wrap(into, offset, wanted), "xz stream");
            } catch (MalformedBinaryException e) {
                throw new IOException(e);
            }
            return wanted;
        }
    }
}
