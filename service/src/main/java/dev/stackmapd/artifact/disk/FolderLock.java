package dev.stackmapd.artifact.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// An exclusive lock on a folder against other stores of this process and of other processes on this
/// machine. The lock ends with the process.
///
/// Locks of this process are kept in memory: closing any channel of a locked file releases the lock
/// (POSIX record locks), even if the channel was opened only to try.
final class FolderLock implements AutoCloseable {
    private static final Set<Path> TAKEN = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /// @throws IOException if another store has locked it
    static FolderLock take(Path folder) throws IOException {
        Path real = folder.toRealPath();
        if (!TAKEN.add(real)) {
            throw new IOException("another store of this process has the folder open");
        }
        try {
            return new FolderLock(real, lock(real.resolve("lock")));
        } catch (IOException | RuntimeException | Error e) {
            TAKEN.remove(real);
            throw e;
        }
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new IOException("another process has the folder open");
    }

    /// Closes the channel, which releases the lock. A second call does nothing.
    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            channel.close();
            TAKEN.remove(folder);
        }
    }
}
