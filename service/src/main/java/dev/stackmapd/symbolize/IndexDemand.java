package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.Frame;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Counts the distinct offsets of each binary in one query, to decide for which binaries waiting for an
/// index pays off. A query for many offsets of a binary is faster, and with less work, from its index,
/// even if the index has to be built first. Not thread-safe.
public final class IndexDemand {
    /// Number of distinct offsets of one binary from which on the query waits for its index. Hundreds of
    /// random look-ups in the files decode most of what an index build decodes; the exact break-even
    /// point was not measured.
    static final int MANY = 200;

    /// Maximum number of binaries that are counted: a query has at most 100,000 frames, each of which
    /// may name another binary.
    private static final int MAX_BINARIES = 500;

    private final Map<BuildId, Set<FileOffset>> offsets = new HashMap<>();

    /// Counts a frame. Stores at most 200 offsets of each of the first 500 binaries.
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

    /// Returns the binaries with at least [#MANY] distinct offsets, in no particular order.
    public List<BuildId> binariesWithManyOffsets() {
        return offsets.entrySet().stream()
                .filter(entry -> entry.getValue().size() == MANY)
                .map(Map.Entry::getKey)
                .toList();
    }
}
