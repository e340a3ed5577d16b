package dev.stackmapd.dedupe;

import dev.stackmapd.kernelmap.KernelMapAttributes;
import dev.stackmapd.kernelmap.KernelStackMap;
import dev.stackmapd.kernelmap.KernelStackMap.Creation;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;

/// What the races are about.
public final class Stacks {
    /// Share bucket 0 of a two-bucket map (SID-12).
    public static final long A = 0x400010;
    public static final long B = 0x400030;

    private static final FrameBases BUILD_IDS = new FrameBases(FrameBases.BINARY_BYTES);

    private Stacks() {}

    public static ExactStackMap exactMap(long maxBytes) {
        return new ExactStackMap(BUILD_IDS, maxBytes);
    }

    /// There is no space for a new stack.
    public static final int NO_ROOM = Integer.MIN_VALUE;

    /// Stores one stack as a batch of its own.
    public static int insert(ExactStackMap map, PackedStack stack) {
        ExactStackMap.NewStacks one = map.new NewStacks();
        int known = one.offer(stack);
        if (known >= 0) {
            return known;
        }
        return map.reserve(one.cost()) ? one.insert(~known) : NO_ROOM;
    }

    public static KernelStackMap kernelMap(long maxEntries) {
        var attributes = new KernelMapAttributes(maxEntries, 4, KernelMapAttributes.Contents.IP);
        if (KernelStackMap.create(attributes, 127, 1 << 20, BUILD_IDS)
                instanceof Creation.Created(KernelStackMap map)) {
            return map;
        }
        throw new IllegalArgumentException("refused " + attributes);
    }

    public static PackedStack packed(long address) {
        PackedStack stack = new PackedStack();
        stack.addRaw(address, Frame.Reason.NO_MAPPING);
        return stack;
    }

    public static int insert(KernelStackMap map, long address, long flags) {
        return map.insert(new long[] {address}, 0, 1, flags, (ips, from, to) -> packed(ips[from]));
    }

    /// The one address stored under an id, or 0.
    public static long addressOf(KernelStackMap map, int id) {
        return map.get(id)
                .map(stack -> ((Frame.Raw) stack.frames().getFirst()).address())
                .orElse(0L);
    }
}
