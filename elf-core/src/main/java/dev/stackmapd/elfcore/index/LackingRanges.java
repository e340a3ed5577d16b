package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.dwarf.LackingPart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Gathers the parts of the debug information that were missing while an index was built, and for which
/// code. Not thread-safe.
///
/// Ranges inside others are those of single functions: they are added after those of their unit, and
/// their parts include those of the unit.
final class LackingRanges {
    private static final int MAX_RANGES = 1 << 20;
    /// Heap of a set and of a part in it, including entries of tables and names.
    private static final int SET_BYTES = 128;
    private static final int PART_BYTES = 2 * LackingPart.MAX_NAME + 128;

    private final StringPool strings;
    private final Map<LackingPart, Integer> parts = new LinkedHashMap<>();
    private final Map<Set<LackingPart>, Integer> sets = new LinkedHashMap<>();
    private final Set<LackingPart> elsewhere = new LinkedHashSet<>();
    private final BuildMemory memory;
    private final RangeList ranges;

    LackingRanges(BuildMemory memory, StringPool strings) {
        this.memory = memory;
        this.ranges = new RangeList(memory);
        this.strings = strings;
    }

    /// Adds a part to a set, up to the most that one answer may have.
    static void add(Set<LackingPart> to, LackingPart part) {
        if (to.size() < IndexFormat.MAX_LACKING) {
            to.add(part);
        }
    }

    /// Notes that a part is missing for code of which no unit is known.
    void elsewhere(LackingPart part) {
        add(elsewhere, part);
    }

    /// Notes that parts are missing for the code `[low, high)`.
    ///
    /// @param padding ranges at most this many bytes apart are merged
    void range(long low, long high, Set<LackingPart> lacking, int padding) {
        int set = numberOf(Set.copyOf(lacking));
        int last = ranges.count() - 1;
        if (last >= 0
                && ranges.owner(last) == set
                && Long.compareUnsigned(low, ranges.high(last)) >= 0
                && low - ranges.high(last) <= padding) {
            ranges.extendLast(high);
            return;
        }
        if (ranges.count() == MAX_RANGES) {
            throw new BuildLimitException("more than " + MAX_RANGES + " ranges that lack debug information");
        }
        ranges.add(low, high, set);
    }

    private int numberOf(Set<LackingPart> set) {
        Integer known = sets.get(set);
        if (known != null) {
            return known;
        }
        memory.take(SET_BYTES + (long) PART_BYTES * set.size());
        sets.put(set, sets.size());
        return sets.size() - 1;
    }

    /// Adds all names to the pool.
    void finish() {
        if (!elsewhere.isEmpty()) {
            numberOf(Set.copyOf(elsewhere));
        }
        for (Set<LackingPart> set : sets.keySet()) {
            for (LackingPart part : set) {
                parts.computeIfAbsent(part, any -> parts.size());
                strings.idOf(part.name());
            }
        }
    }

    /// Writes the section, which is empty if nothing was missing.
    ///
    /// @param stringNumbers the numbers in the index of the texts of the pool
    void write(IndexOutput out, int[] stringNumbers) throws IOException {
        if (sets.isEmpty()) {
            return;
        }
        Cuts cuts = new Cuts(memory);
        ranges.cut(0, ranges.count(), cuts, RangeList.Ties.LATER);
        ByteSink sink = new ByteSink(memory, 1 << 12);
        sink.fixed(cuts.count(), Integer.BYTES);
        sink.fixed(sets.size(), Integer.BYTES);
        sink.fixed(parts.size(), Integer.BYTES);
        sink.fixed(elsewhere.isEmpty() ? 0 : sets.getOrDefault(Set.copyOf(elsewhere), -1) + 1, Integer.BYTES);
        for (int i = 0; i < cuts.count(); i++) {
            sink.fixed(cuts.start(i), Long.BYTES);
            sink.fixed(cuts.owner(i) + 1, Integer.BYTES);
        }
        writeParts(sink, stringNumbers);
        writeSets(sink);
        out.write(sink);
    }

    private void writeParts(ByteSink sink, int[] stringNumbers) {
        for (LackingPart part : parts.keySet()) {
            sink.u8(IndexFormat.code(part.kind()));
            sink.u8(IndexFormat.code(part.reason()));
            sink.fixed(0, Short.BYTES);
            sink.fixed(stringNumbers[strings.idOf(part.name())], Integer.BYTES);
        }
    }

    private void writeSets(ByteSink sink) {
        List<Integer> members = new ArrayList<>();
        sink.fixed(0, Integer.BYTES);
        for (Set<LackingPart> set : sets.keySet()) {
            set.stream().map(part -> parts.getOrDefault(part, 0)).sorted().forEach(members::add);
            sink.fixed(members.size(), Integer.BYTES);
        }
        members.forEach(member -> sink.fixed(member, Integer.BYTES));
    }
}
