package dev.stackmapd.kernelmap;

import dev.stackmapd.stack.Stack;

/// What came of removing a stack from a kernel map.
public sealed interface KernelRemoval {

    /// It was there; of all callers who race for it, one gets this.
    record Removed(Stack stack) implements KernelRemoval {}

    record Absent(KernelError error) implements KernelRemoval {}
}
