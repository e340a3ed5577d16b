package dev.stackmapd.resolve.linux;

import java.nio.file.Path;
import java.util.Set;

/// Opens pinned files whose contents are stored, and rejects those of pseudo file systems. Thread-safe.
public final class StorageFile {
    /// Magic numbers of file systems that generate contents on reading, which can block or have side
    /// effects, and of secret memory.
    private static final Set<Integer> NOT_STORAGE = Set.of(
            0x9fa0, // proc
            0x62656572, // sysfs
            0x62656570, // configfs
            0x64626720, // debugfs
            0x74726163, // tracefs
            0x73636673, // securityfs
            0x63677270, // cgroup2
            0xcafe4a11, // bpf
            0xde5e81e4, // efivarfs
            0x5345434d); // secretmem

    /// Any user can mount such a file system, and its daemon may stop responding.
    private static final int FUSE = 0x65735546;

    /// The result of [#open] and [#check] for a file on such a file system.
    private static final int MADE_UP = Integer.MIN_VALUE;

    /// The directory through which pinned files are opened; pinned until this process ends.
    private static final RootDirectory OWN_FILES = new RootDirectory(Path.of("/proc/self/fd"));

    private StorageFile() {}

    /// Checks that a file lies on a storage file system. Overwrites the status of the last
    /// [FileCalls#status].
    ///
    /// @return 0 or more if it does; otherwise a negative number for [#refusal]
    static int check(FileCalls calls, int pinned) {
        int status = calls.fileSystemStatus(pinned);
        return status >= 0 && NOT_STORAGE.contains(calls.fileSystem()) ? MADE_UP : status;
    }

    /// Returns true if a file lies on FUSE. Overwrites the status of the last [FileCalls#status].
    public static boolean isOfFuse(FileCalls calls, int pinned) {
        return calls.fileSystemStatus(pinned) >= 0 && calls.fileSystem() == FUSE;
    }

    /// Opens a pinned file for reading. Overwrites the status of the last [FileCalls#status].
    ///
    /// @param pinned a regular file
    /// @return a descriptor that the caller releases; or a negative number for [#refusal]
    public static int open(FileCalls calls, int pinned) {
        int status = check(calls, pinned);
        if (status < 0) {
            return status;
        }
        int ownFiles = OWN_FILES.pin(calls);
        return ownFiles < 0 ? ownFiles : calls.open(ownFiles, pinned);
    }

    /// Returns the path that the kernel has for a pinned file; empty if it has none.
    public static PathName pathOf(FileCalls calls, int pinned) {
        int ownFiles = OWN_FILES.pin(calls);
        return PathName.of(ownFiles < 0 ? new byte[0] : calls.pathOf(ownFiles, pinned));
    }

    /// Returns why [#open] or [#check] failed, without naming a path of this host.
    public static String refusal(int answer) {
        return answer == MADE_UP ? "a file system that makes up its contents" : Errno.describe(-answer);
    }
}
