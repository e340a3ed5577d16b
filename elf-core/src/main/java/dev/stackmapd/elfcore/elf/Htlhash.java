package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import dev.stackmapd.elfcore.bytes.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/// OpenTelemetry's build-id of a file that may have no other: the first 16 bytes of SHA-256 over its
/// first 4,096 bytes, its last 4,096 bytes and its length as a big-endian 64-bit number (head, tail,
/// length). In a short file the two parts overlap; nothing is padded.
///
/// Source: the attribute `process.executable.build_id.htlhash` of OpenTelemetry's semantic conventions,
/// and *Mappings* in its specification of profiles.
public final class Htlhash {
    private static final int PART_BYTES = 4096;

    private Htlhash() {}

    /// Returns the hash of a whole file.
    ///
    /// @throws IOException if reading fails, or the file became shorter while it was read
    public static BuildId of(RandomAccessBytes file) throws IOException {
        byte[] part = new byte[(int) Math.min(PART_BYTES, file.size())];
        MessageDigest sha256 = Sha256.create();
        for (long offset : new long[] {0, file.size() - part.length}) {
            if (file.read(offset, part, part.length) != part.length) {
                throw new IOException("%s became shorter while it was read".formatted(file.source()));
            }
            sha256.update(part);
        }
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(file.size()).flip());
        return BuildId.ofHtlhash(Arrays.copyOf(sha256.digest(), BuildId.HTLHASH_BYTES));
    }
}
