package dev.stackmapd.kernelmap;

import dev.stackmapd.kernelmap.KernelStackMap.Translator;
import java.util.Arrays;

/// One stack as it is offered to a [KernelStackMap] through [dev.stackmapd.dedupe.StackMap]: the arguments of
/// [KernelStackMap#insert] as one object. Immutable as long as its array is left alone.
public final class KernelSample {
    private final long[] ips;
    private final long flags;
    private final Translator translator;

    /// @param ips from leaf to root; becomes the sample's
    KernelSample(long[] ips, long flags, Translator translator) {
        this.ips = ips;
        this.flags = flags;
        this.translator = translator;
    }

    public long[] ips() {
        return ips;
    }

    public long flags() {
        return flags;
    }

    public Translator translator() {
        return translator;
    }

    @Override
    public String toString() {
        return "flags %x, ips %s".formatted(flags, Arrays.toString(ips));
    }
}
