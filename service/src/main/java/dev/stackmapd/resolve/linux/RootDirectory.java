package dev.stackmapd.resolve.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;

/// A directory that files are read below. Pinned at first use and until closed, so a file system mounted over it later
/// is not seen; one mounted beneath it is. Safe for any number of threads.
public final class RootDirectory implements AutoCloseable {
    private static final int NOT_OPEN = -1;

    private final byte[] path;
    private final FailureDomain failureDomain;
    private volatile int descriptor = NOT_OPEN;

    public RootDirectory(Path directory) {
        this.path = directory.toString().getBytes(UTF_8);
        this.failureDomain = FailureDomain.ofRoot(directory.toString());
    }

    /// Where a look-up is while this directory is pinned.
    public FailureDomain failureDomain() {
        return failureDomain;
    }

    /// @return a descriptor that this object keeps, or the negated `errno`; then the next call tries again
    public int pin(FileCalls calls) {
        int known = descriptor;
        return known != NOT_OPEN ? known : keep(calls, calls.pin(path));
    }

    private synchronized int keep(FileCalls calls, int pinned) {
        if (pinned < 0) {
            return pinned;
        }
        if (descriptor != NOT_OPEN) {
            calls.release(pinned);
        } else {
            descriptor = pinned;
        }
        return descriptor;
    }

    /// No call may be under way, none may follow.
    @Override
    public synchronized void close() {
        if (descriptor != NOT_OPEN) {
            try (FileCalls calls = new FileCalls()) {
                calls.release(descriptor);
            }
            descriptor = NOT_OPEN;
        }
    }
}
