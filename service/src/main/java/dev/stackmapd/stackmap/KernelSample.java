package dev.stackmapd.stackmap;

import java.util.Arrays;

/// One stack as it is offered to a [KernelStackMap] through [StackMap]: the arguments of
/// [KernelStackMap#insert] as one object. Immutable as long as its array is left alone.
public final class KernelSample {
    private final long[] ips;
    private final long flags;
    private final Translation translation;

    /// @param ips from leaf to root; becomes the sample's
    public KernelSample(long[] ips, long flags, Translation translation) {
        this.ips = ips;
        this.flags = flags;
        this.translation = translation;
    }

    long[] ips() {
        return ips;
    }

    long flags() {
        return flags;
    }

    Translation translation() {
        return translation;
    }

    @Override
    public String toString() {
        return "flags %x, ips %s".formatted(flags, Arrays.toString(ips));
    }
}
