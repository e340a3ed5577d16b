package dev.stackmapd.resolve.linux;

import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import java.io.IOException;

/// A regular file of this host that is open for reading. Owns its descriptor. Confined to the thread of
/// its [FileCalls].
///
/// The file may change while it is read. Its size is the one at the time of opening; if the file has
/// been truncated since, a read returns fewer bytes.
public final class OpenFile implements RandomAccessBytes, AutoCloseable {
    private final FileCalls calls;
    private final int descriptor;
    private final long size;

    /// @param descriptor owned by this object afterwards
    public OpenFile(FileCalls calls, int descriptor, long size) {
        this.calls = calls;
        this.descriptor = descriptor;
        this.size = size;
    }

    @Override
    public String source() {
        return "mapped file";
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(long offset, byte[] into, int length) throws IOException {
        int wanted = Math.clamp(size - offset, 0, length);
        int copied = 0;
        while (copied < wanted) {
            int read = calls.read(descriptor, offset + copied, into, copied, wanted - copied);
            if (read < 0) {
                throw new IOException(Errno.describe(-read));
            }
            if (read == 0) {
                break;
            }
            copied += read;
        }
        return copied;
    }

    @Override
    public void close() {
        calls.release(descriptor);
    }
}
