package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.bytes.ScratchSpace;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Scratch space for the files of one open binary. Every byte counts against the quota of the store and
/// the free space of its disk until the file that has it is closed.
///
/// It is released early if disk space is needed and the binary is idle. Thread-safe.
public final class BinaryScratch implements ScratchSpace, EvictableFiles.EvictableFile {
    private final ScratchDisk disk;
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean refused;
    private volatile Optional<Holder> holder = Optional.empty();

    BinaryScratch(ScratchDisk disk) {
        this.disk = disk;
    }

    /// The open binary, which can be opened again.
    public interface Holder {

        /// Returns true if no thread uses the binary.
        boolean isIdle();

        /// Closes the files of the binary, unless a thread uses it by now.
        void closeIfIdle();
    }

    /// Allows the store to close the binary when it is idle and disk space is needed.
    public void heldBy(Holder open) {
        holder = Optional.of(open);
    }

    /// Returns true if a reservation failed for lack of disk space, so that some symbols of the binary's
    /// files are missing.
    public boolean hasRefused() {
        return refused;
    }

    @Override
    public long bytes() {
        return bytes.get();
    }

    boolean isEvictable() {
        return holder.filter(Holder::isIdle).isPresent();
    }

    /// Returns the earliest time, so that scratch space is released before files are evicted: it takes
    /// seconds to decompress sections again.
    @Override
    public Instant used() {
        return Instant.EPOCH;
    }

    @Override
    public void evict() {
        holder.ifPresent(Holder::closeIfIdle);
    }

    @Override
    public ScratchFile create() throws IOException {
        return new File(disk.create());
    }

    /// One scratch file. Its bytes count from their reservation, and as written at the next reservation.
    private final class File implements ScratchFile {
        private final FileChannel channel;
        private long unwritten;
        private long taken;

        File(FileChannel channel) {
            this.channel = channel;
            disk.add(BinaryScratch.this);
        }

        @Override
        public FileChannel channel() {
            return channel;
        }

        @Override
        public boolean reserve(long more) throws IOException {
            settle();
            if (!disk.quotaShare().take(more)) {
                refused = true;
                return false;
            }
            unwritten = more;
            taken += more;
            bytes.addAndGet(more);
            return true;
        }

        private void settle() {
            disk.quotaShare().settle(unwritten, unwritten);
            unwritten = 0;
        }

        @Override
        public void close() {
            settle();
            try {
                channel.close();
            } catch (IOException e) {
                // The contents are not needed any more.
            }
            disk.quotaShare().free(taken);
            if (bytes.addAndGet(-taken) == 0) {
                disk.remove(BinaryScratch.this);
            }
            taken = 0;
        }
    }
}
