package dev.stackmapd.query;

import dev.stackmapd.kernelmap.KernelError;

/// A kernel-style map says no, with the kernel's error number and the rule.
public final class KernelErrorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient KernelError error;
    private final Operation operation;

    /// What was asked. The HTTP status depends on it too (`KERNEL-RULES.md`, errno and HTTP status).
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
