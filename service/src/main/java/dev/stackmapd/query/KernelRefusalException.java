package dev.stackmapd.query;

import dev.stackmapd.kernelmap.KernelRefusal;

/// A kernel-style map says no, with the kernel's error number and the rule.
public final class KernelRefusalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient KernelRefusal refusal;
    private final Operation operation;

    /// What was asked. The HTTP status depends on it too (`KERNEL-RULES.md`, errno and HTTP status).
    public enum Operation {
        CREATE,
        LOOK_UP,
        REMOVE
    }

    KernelRefusalException(KernelRefusal refusal, Operation operation) {
        super(refusal.detail());
        this.refusal = refusal;
        this.operation = operation;
    }

    public KernelRefusal refusal() {
        return refusal;
    }

    public Operation operation() {
        return operation;
    }
}
