package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.bytes.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;

/// Computes the digests of files.
final class Digests {
    private static final int PIECE = 256 << 10;
    private static final Set<OpenOption> DIRECT = direct();

    private Digests() {}

    /// Returns the SHA-256 of a file's bytes, 64 lower-case hex digits, as readers of the file see them.
    static String sha256(Path file) throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return sha256(channel, ByteBuffer.allocate(PIECE), ReadRateLimiter.UNBOUNDED);
        }
    }

    /// Returns the SHA-256 of the bytes on the disk, if the file system supports `O_DIRECT`: they are
    /// read past the page cache, which would hide changes and whose pages are needed for other files.
    ///
    /// @param limiter called after each piece
    static String sha256OnDisk(Path file, ReadRateLimiter limiter) throws IOException, InterruptedException {
        Set<OpenOption> options = new HashSet<>(DIRECT);
        options.add(StandardOpenOption.READ);
        try (FileChannel channel = FileChannel.open(file, options)) {
            int block = Math.clamp(Files.getFileStore(file).getBlockSize(), 512, PIECE);
            ByteBuffer aligned = ByteBuffer.allocateDirect(PIECE + block).alignedSlice(block);
            return sha256(channel, aligned.slice(0, PIECE), limiter);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            // Not every file system supports this, and none in a chroot, where its mount point is not visible.
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                return sha256(channel, ByteBuffer.allocate(PIECE), limiter);
            }
        }
    }

    /// Returns the option of `O_DIRECT`, which the compiler warns of wherever its class is named; none where
    /// this platform has no such class.
    private static Set<OpenOption> direct() {
        try {
            return Arrays.stream(
                            Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants())
                    .map(OpenOption.class::cast)
                    .filter(option -> option.toString().equals("DIRECT"))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (ClassNotFoundException e) {
            return Set.of();
        }
    }

    private static String sha256(FileChannel channel, ByteBuffer piece, ReadRateLimiter limiter)
            throws IOException, InterruptedException {
        MessageDigest digest = Sha256.create();
        long left = channel.size();
        // A read at the end would begin in the middle of a block, which O_DIRECT refuses.
        for (int read = 0; left > 0 && read >= 0; left -= read) {
            read = channel.read(piece.clear());
            digest.update(piece.flip());
            limiter.read(Math.max(read, 0));
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
