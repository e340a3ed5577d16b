package dev.stackmapd.kernelmap;

/// The error numbers that a kernel stack map returns, with the values of Linux.
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

    /// Returns the positive number; the kernel returns it negated.
    public int number() {
        return number;
    }
}
