package dev.stackmapd.kernelmap;

import static java.util.Objects.requireNonNull;

/// An error of a kernel map: the error number that the kernel would return, and the violated rule.
///
/// @param rule the id of the rule, such as `MAP-08`
/// @param detail an explanation for people
public record KernelError(KernelErrno errno, String rule, String detail) {
    public KernelError {
        requireNonNull(errno, "errno");
        requireNonNull(rule, "rule");
        requireNonNull(detail, "detail");
    }
}
