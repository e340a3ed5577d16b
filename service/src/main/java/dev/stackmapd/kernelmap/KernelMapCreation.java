package dev.stackmapd.kernelmap;

/// What came of asking for a kernel map.
public sealed interface KernelMapCreation {
    record Created(KernelStackMap map) implements KernelMapCreation {}

    record Refused(KernelError error) implements KernelMapCreation {}
}
