package dev.stackmapd.kernelmap;

/// The error numbers that a kernel stack map answers with, as on Linux.
public enum KernelErrno {
    ENOENT(2),
    E2BIG(7),
    ENOMEM(12),
    EFAULT(14),
    EEXIST(17),
    EINVAL(22);

    private final int number;

    KernelErrno(int number) {
        this.number = number;
    }

    /// Positive; the kernel returns it negated.
    public int number() {
        return number;
    }
}
