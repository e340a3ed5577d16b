package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.Frame;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Counts the offsets of each binary that one question asks for. A question that asks for many is answered sooner, and
/// with less work, from the binary's index, even if that is to be built first. For one thread.
public final class IndexDemand {
    /// Distinct offsets of one binary from which on its index is waited for. Reading the files for hundreds of random
    /// addresses decodes much of what an index is made of; where exactly the costs are equal was not measured.
    static final int MANY = 200;

    /// Binaries that are counted: a question has at most 100,000 frames, and may name as many binaries.
    private static final int MAX_BINARIES = 500;

    private final Map<BuildId, Set<FileOffset>> offsets = new HashMap<>();

    /// Counts a frame. Keeps 200 offsets of each of the first 500 binaries at most.
    public void add(Frame.InFile frame) {
        Set<FileOffset> known = offsets.get(frame.buildId());
        if (known == null) {
            if (offsets.size() == MAX_BINARIES) {
                return;
            }
            known = new HashSet<>();
            offsets.put(frame.buildId(), known);
        }
        if (known.size() < MANY) {
            known.add(frame.offset());
        }
    }

    /// Returns the binaries of which many offsets are asked for, in no order.
    public List<BuildId> binariesWithManyOffsets() {
        return offsets.entrySet().stream()
                .filter(entry -> entry.getValue().size() == MANY)
                .map(Map.Entry::getKey)
                .toList();
    }
}
