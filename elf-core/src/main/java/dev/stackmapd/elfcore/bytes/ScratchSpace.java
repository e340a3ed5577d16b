package dev.stackmapd.elfcore.bytes;

import java.io.IOException;
import java.nio.channels.FileChannel;

/// Provides unnamed files for inflated and relocated sections. Their pages belong to the page cache, so
/// the kernel can write them back and take the memory when it needs it, and nothing is left when the
/// process ends. Thread-safe; the files are for one thread at a time.
public interface ScratchSpace {

    /// The temporary folder of the platform, without a limit.
    ScratchSpace TEMPORARY = TemporaryFile::create;

    /// Creates an empty file.
    ScratchFile create() throws IOException;

    /// One such file, to be closed by its user.
    interface ScratchFile extends AutoCloseable {

        /// Returns the file, open for reading and writing.
        FileChannel channel();

        /// Reserves disk space for bytes that are written next.
        ///
        /// @return false if there is none
        boolean reserve(long bytes) throws IOException;

        /// Gives the disk space back. The user unmaps the file before.
        @Override
        void close();
    }
}
