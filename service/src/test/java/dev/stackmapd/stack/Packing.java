package dev.stackmapd.stack;

/// Packs a [Stack] frame by frame, as translation does.
public final class Packing {
    private Packing() {}

    public static PackedStack pack(Stack stack, BuildIds buildIds) {
        PackedStack packed = new PackedStack();
        for (Frame frame : stack.frames()) {
            switch (frame) {
                case Frame.InFile(var buildId, var offset) ->
                    packed.addInFile(buildIds.ordinalOf(buildId).orElseThrow(), offset.value());
                case Frame.Raw(var address, var reason) -> packed.addRaw(address, reason);
            }
        }
        if (stack.truncated()) {
            packed.markTruncated();
        }
        return packed;
    }
}
