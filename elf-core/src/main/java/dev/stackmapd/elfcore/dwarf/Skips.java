package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.ArrayList;
import java.util.List;

/// Gathers what was skipped while one thing was read: a few of each part, without repetitions. Not
/// thread-safe while it is filled.
final class Skips {
    private static final int KEPT_OF_A_PART = 4;

    private final List<SkippedPart> parts = new ArrayList<>();

    void add(SkippedPart.Part part, MalformedBinaryException why) {
        add(part(part, why));
    }

    static SkippedPart part(SkippedPart.Part part, MalformedBinaryException why) {
        return new SkippedPart(part, "%s: offset 0x%x: %s".formatted(why.source(), why.offset(), why.reason()));
    }

    void add(SkippedPart skipped) {
        long same = parts.stream().filter(part -> part.part() == skipped.part()).count();
        if (same < KEPT_OF_A_PART && !parts.contains(skipped)) {
            parts.add(skipped);
        }
    }

    void addAll(Skips others) {
        others.parts.forEach(this::add);
    }

    List<SkippedPart> list() {
        return List.copyOf(parts);
    }
}
