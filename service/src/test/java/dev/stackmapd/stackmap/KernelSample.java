package dev.stackmapd.stackmap;

import java.util.Arrays;

/// One stack as it is offered to a [KernelStackMap] through [StackMap]: the arguments of
/// [KernelStackMap#insert] as one object. Immutable as long as its array is left alone.
final class KernelSample {
    private final long[] ips;
    private final long flags;
    private final Translator translator;

    /// @param ips from leaf to root; becomes the sample's
    KernelSample(long[] ips, long flags, Translator translator) {
        this.ips = ips;
        this.flags = flags;
        this.translator = translator;
    }

    long[] ips() {
        return ips;
    }

    long flags() {
        return flags;
    }

    Translator translator() {
        return translator;
    }

    @Override
    public String toString() {
        return "flags %x, ips %s".formatted(flags, Arrays.toString(ips));
    }
}
