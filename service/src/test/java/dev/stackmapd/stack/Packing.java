package dev.stackmapd.stack;

import dev.stackmapd.elfcore.elf.BuildId;

/// Packs a [Stack] frame by frame, as translation does.
public final class Packing {
    private Packing() {}

    /// Returns the number of a build-id, which it keeps from then on.
    public static int numberOf(BuildIds buildIds, BuildId buildId) {
        try (BuildIds.Claim claim = buildIds.claim()) {
            int number = claim.ordinalOf(buildId).orElseThrow();
            claim.keep();
            return number;
        }
    }

    public static PackedStack pack(Stack stack, BuildIds buildIds) {
        PackedStack packed = new PackedStack();
        for (Frame frame : stack.frames()) {
            switch (frame) {
                case Frame.InFile(var buildId, var offset) ->
                    packed.addInFile(numberOf(buildIds, buildId), offset.value());
                case Frame.Raw(var address, var reason) -> packed.addRaw(address, reason);
            }
        }
        if (stack.truncated()) {
            packed.markTruncated();
        }
        return packed;
    }
}
