package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.Frame;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Counts the places of each binary that one question asks for. A question that asks for many is answered sooner, and
/// with less work, from the binary's index, even if that is to be built first. For one thread.
public final class AskedPlaces {
    /// Distinct places of one binary from which on its index is worth waiting for: reading libjvm's files takes as long
    /// for some 200 random addresses as building its index.
    static final int MANY = 200;

    private final Map<BuildId, Set<FileOffset>> places = new HashMap<>();

    /// Counts a frame. Keeps no more than is needed to know that there are many.
    public void add(Frame.InFile frame) {
        Set<FileOffset> known = places.computeIfAbsent(frame.buildId(), id -> new HashSet<>());
        if (known.size() < MANY) {
            known.add(frame.offset());
        }
    }

    /// Returns the binaries of which many places are asked for, in no order.
    public List<BuildId> ofManyPlaces() {
        return places.entrySet().stream()
                .filter(entry -> entry.getValue().size() == MANY)
                .map(Map.Entry::getKey)
                .toList();
    }
}
