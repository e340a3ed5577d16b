package dev.stackmapd.resolve.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;

/// A directory below which files are read. It is pinned from the first use until it is closed, so a file
/// system that is mounted over it later is not visible; one that is mounted below it is. Thread-safe.
public final class RootDirectory implements AutoCloseable {
    private static final int NOT_OPEN = -1;

    private final byte[] path;
    private final FailureDomain failureDomain;
    private volatile int descriptor = NOT_OPEN;

    public RootDirectory(Path directory) {
        this.path = directory.toString().getBytes(UTF_8);
        this.failureDomain = FailureDomain.ofRoot(directory.toString());
    }

    /// Returns the failure domain of pinning this directory.
    public FailureDomain failureDomain() {
        return failureDomain;
    }

    /// Pins the directory unless it is pinned already.
    ///
    /// @return a descriptor that this object owns, or the negated `errno`; after an error, the next call
    ///     tries again
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

    /// Releases the descriptor. No call may be running or follow.
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
