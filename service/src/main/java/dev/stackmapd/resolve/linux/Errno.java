package dev.stackmapd.resolve.linux;

/// The error numbers of Linux that say something about a file.
public enum Errno {
    EPERM(1, "the kernel or its sandbox does not permit it"),
    ENOENT(2, "no file has this path"),
    ESRCH(3, "the process has gone"),
    EIO(5, "the device failed"),
    ENXIO(6, "there is no such device"),
    EACCES(13, "this service may not reach it"),
    EXDEV(18, "another file system is mounted there"),
    ENOTDIR(20, "a part of the path is no directory"),
    EINVAL(22, "no file can have this path"),
    ENFILE(23, "too many files are open on this host"),
    EMFILE(24, "too many files are open in this service"),
    ENAMETOOLONG(36, "the path is too long"),
    ENOSYS(CLibrary.ENOSYS, "this host does not offer the system call (openat2 needs Linux 5.6)"),
    ELOOP(40, "the path leads through a symbolic link"),
    ESTALE(116, "the file server has lost it");

    private final int number;
    private final String meaning;

    Errno(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    public int number() {
        return number;
    }

    /// Returns a description of an error number, which names no path of this host.
    public static String describe(int number) {
        for (Errno errno : values()) {
            if (errno.number == number) {
                return errno.meaning + " (" + errno.name() + ")";
            }
        }
        return "error " + number;
    }
}
