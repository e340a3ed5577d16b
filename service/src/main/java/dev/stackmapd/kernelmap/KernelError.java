package dev.stackmapd.kernelmap;

import static java.util.Objects.requireNonNull;

/// Why a kernel map said no.
///
/// @param rule the rule's id, such as `MAP-08`
/// @param detail for people
public record KernelError(KernelErrno errno, String rule, String detail) {
    public KernelError {
        requireNonNull(errno, "errno");
        requireNonNull(rule, "rule");
        requireNonNull(detail, "detail");
    }
}
