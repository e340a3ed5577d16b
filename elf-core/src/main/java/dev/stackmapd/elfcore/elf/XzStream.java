package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.GrowingBytes;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.tukaani.xz.XZInputStream;

/// Inflates what `xz` made, whose header claims no size: all that is produced is counted.
final class XzStream {
    /// Compressed bytes; Fedora's largest executables have a few MiB of symbols.
    static final int MAX_COMPRESSED_BYTES = 64 << 20;
    /// Inflated bytes, where the file's own limit is not lower.
    static final long MAX_INFLATED_BYTES = 256L << 20;
    /// `xz -9` asks for 65 MiB, nearly all of it dictionary; the header may ask for 4 GiB.
    static final int MAX_MEMORY_KIB = 72 << 10;

    private static final int CHUNK = 1 << 16;

    private XzStream() {}

    /// @param limit bytes that may come out
    /// @return to be closed by the caller
    static MappedBytes inflate(ByteExtent compressed, long limit) throws MalformedBinaryException {
        Cursor from = compressed.cursor();
        if (from.remaining() > MAX_COMPRESSED_BYTES) {
            throw from.malformed(from.remaining() + " bytes, at most " + MAX_COMPRESSED_BYTES + " are inflated");
        }
        long expected = from.remaining() * 4;
        InputStream bytes = new ByteArrayInputStream(from.take((int) from.remaining(), "xz stream"));
        try (GrowingBytes into = new GrowingBytes(compressed.source(), expected, Math.min(limit, MAX_INFLATED_BYTES));
                XZInputStream stream = new XZInputStream(bytes, MAX_MEMORY_KIB)) {
            copy(stream, into);
            return into.finish();
        } catch (IOException e) {
            from.moveTo(0, "xz stream");
            throw from.malformed("broken xz stream: " + e);
        }
    }

    private static void copy(InputStream from, GrowingBytes into) throws IOException, MalformedBinaryException {
        byte[] chunk = new byte[CHUNK];
        for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
            ByteBuffer left = ByteBuffer.wrap(chunk, 0, read);
            while (left.hasRemaining()) {
                ByteBuffer room = into.room();
                int length = Math.min(room.remaining(), left.remaining());
                room.put(left.slice().limit(length));
                left.position(left.position() + length);
                into.advance(length);
            }
        }
    }
}
