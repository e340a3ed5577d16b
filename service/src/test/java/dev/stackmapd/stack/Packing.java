package dev.stackmapd.stack;

import dev.stackmapd.elfcore.elf.BuildId;

/// Packs a [Stack] frame by frame, as translation does.
public final class Packing {
    private Packing() {}

    /// Returns a dictionary that has space for `buildIds` files or kernels.
    public static FrameBases bases(int buildIds) {
        return new FrameBases((long) buildIds * FrameBases.BINARY_BYTES);
    }

    /// Returns the number of a file, which it keeps from then on.
    public static int numberOf(FrameBases bases, BuildId buildId) {
        return numberOf(bases, new FrameBase.File(buildId));
    }

    /// Returns the number of a base, which it keeps from then on.
    public static int numberOf(FrameBases bases, FrameBase base) {
        try (FrameBases.Claim claim = bases.claim()) {
            int number = claim.numberOf(base).orElseThrow();
            claim.keep();
            return number;
        }
    }

    /// Packs with numbers that are kept.
    public static PackedStack pack(Stack stack, FrameBases bases) {
        try (FrameBases.Claim claim = bases.claim()) {
            PackedStack packed = pack(stack, claim);
            claim.keep();
            return packed;
        }
    }

    /// Packs with numbers of a claim.
    public static PackedStack pack(Stack stack, FrameBases.Claim bases) {
        PackedStack packed = new PackedStack();
        for (Frame frame : stack.frames()) {
            switch (frame) {
                case Frame.InFile(var buildId, var offset) ->
                    packed.addBased(number(bases, new FrameBase.File(buildId)), offset.value());
                case Frame.InKernel(var buildId, var offset) ->
                    packed.addBased(number(bases, new FrameBase.Kernel(buildId)), offset);
                case Frame.Named(var type, var function, var file, var line) ->
                    packed.addBased(number(bases, new FrameBase.Function(type, function, file)), line);
                case Frame.Raw(var address, var reason) -> packed.addRaw(address, reason);
            }
        }
        if (stack.truncated()) {
            packed.markTruncated();
        }
        return packed;
    }

    private static int number(FrameBases.Claim bases, FrameBase base) {
        return bases.numberOf(base).orElseThrow();
    }
}
