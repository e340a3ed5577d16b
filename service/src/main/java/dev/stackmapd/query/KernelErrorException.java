package dev.stackmapd.query;

import dev.stackmapd.kernelmap.KernelError;

/// An operation on a kernel-style map failed with the kernel's error number.
public final class KernelErrorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient KernelError error;
    private final Operation operation;

    /// The operation, on which the HTTP status depends as well (`KERNEL-RULES.md`, errno and HTTP
    /// status).
    public enum Operation {
        CREATE,
        LOOK_UP,
        REMOVE
    }

    KernelErrorException(KernelError error, Operation operation) {
        super(error.detail());
        this.error = error;
        this.operation = operation;
    }

    public KernelError error() {
        return error;
    }

    public Operation operation() {
        return operation;
    }
}
