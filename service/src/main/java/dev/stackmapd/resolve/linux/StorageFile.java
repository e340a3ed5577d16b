package dev.stackmapd.resolve.linux;

import java.nio.file.Path;
import java.util.Set;

/// Opens pinned files, but only those whose contents lie on storage. Thread-safe.
public final class StorageFile {
    /// File systems that make up contents while they are read: reading can have effects, or wait; and secret memory.
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

    /// Any user can make one, whose daemon answers when it likes.
    private static final int FUSE = 0x65735546;

    /// What [#open] and [#check] answer for a file of such a file system.
    private static final int MADE_UP = Integer.MIN_VALUE;

    /// Where a pinned file is opened; kept as long as this process runs.
    private static final RootDirectory OWN_FILES = new RootDirectory(Path.of("/proc/self/fd"));

    private StorageFile() {}

    /// Asks whether a file lies on storage. Overwrites what the last [FileCalls#status] saw.
    ///
    /// @return 0 if it does; or a negative number for [#refusal]
    static int check(FileCalls calls, int pinned) {
        int status = calls.fileSystemStatus(pinned);
        return status >= 0 && NOT_STORAGE.contains(calls.fileSystem()) ? MADE_UP : status;
    }

    /// Returns true if a file lies on a file system of FUSE. Overwrites what the last [FileCalls#status] saw.
    public static boolean isOfFuse(FileCalls calls, int pinned) {
        return calls.fileSystemStatus(pinned) >= 0 && calls.fileSystem() == FUSE;
    }

    /// Opens a pinned file for reading. Overwrites what the last [FileCalls#status] saw.
    ///
    /// @param pinned a regular file
    /// @return a descriptor, which is the caller's; or a negative number for [#refusal]
    public static int open(FileCalls calls, int pinned) {
        int status = check(calls, pinned);
        if (status < 0) {
            return status;
        }
        int ownFiles = OWN_FILES.pin(calls);
        return ownFiles < 0 ? ownFiles : calls.open(ownFiles, pinned);
    }

    /// The path that the kernel has for a pinned file; empty where it has none.
    public static PathName pathOf(FileCalls calls, int pinned) {
        int ownFiles = OWN_FILES.pin(calls);
        return PathName.of(ownFiles < 0 ? new byte[0] : calls.pathOf(ownFiles, pinned));
    }

    /// Says why there is no descriptor, in words that name no path of this host.
    public static String refusal(int answer) {
        return answer == MADE_UP ? "a file system that makes up its contents" : Errno.describe(-answer);
    }
}
