package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.dwarf.LackingPart;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Reads the section of an index with the parts of the debug information that were missing, and for
/// which code. Immutable and thread-safe; reading outside the section is an `IndexOutOfBoundsException`.
final class LackingTable {
    private static final int HEADER_BYTES = 16;
    private static final int CUT_BYTES = 12;
    private static final int PART_BYTES = 8;

    private final MemorySegment bytes;
    private final IndexStrings strings;
    private final boolean empty;

    LackingTable(MemorySegment bytes, IndexStrings strings) {
        this.bytes = bytes;
        this.strings = strings;
        this.empty = bytes.byteSize() == 0;
    }

    /// Returns true if nothing was missing.
    boolean isEmpty() {
        return empty;
    }

    /// Returns the missing parts for the code at an address.
    List<LackingPart> at(long address) {
        int below = 0;
        int above = u32(0);
        while (below < above) {
            int middle = (below + above) >>> 1;
            if (Long.compareUnsigned(bytes.get(IndexFormat.LONG, cut(middle)), address) <= 0) {
                below = middle + 1;
            } else {
                above = middle;
            }
        }
        return below == 0 ? List.of() : set(u32(cut(below - 1) + Long.BYTES));
    }

    /// Returns the missing parts for code that debug information does not cover.
    List<LackingPart> elsewhere() {
        return set(u32(12));
    }

    /// Returns the missing parts for the whole binary, up to `limit`.
    List<LackingPart> all(int limit) {
        List<LackingPart> all = new ArrayList<>();
        for (int part = 0; part < Math.min(u32(8), limit); part++) {
            all.add(part(part));
        }
        return all;
    }

    private List<LackingPart> set(int number) {
        if (number == 0) {
            return List.of();
        }
        long first = parts() + (long) PART_BYTES * u32(8);
        long members = first + Integer.BYTES * (u32(4) + 1L);
        int from = u32(first + Integer.BYTES * (number - 1L));
        int to = u32(first + (long) Integer.BYTES * number);
        if (to - from > IndexFormat.MAX_LACKING) {
            throw new IndexOutOfBoundsException("a set has " + (to - from) + " parts");
        }
        List<LackingPart> set = new ArrayList<>();
        for (int member = from; member < to; member++) {
            set.add(part(u32(members + (long) Integer.BYTES * member)));
        }
        return set;
    }

    private LackingPart part(int number) {
        long at = parts() + (long) PART_BYTES * number;
        return new LackingPart(
                IndexFormat.lackingKind(bytes.get(ValueLayout.JAVA_BYTE, at)),
                strings.get(u32(at + Integer.BYTES)),
                IndexFormat.lackingReason(bytes.get(ValueLayout.JAVA_BYTE, at + 1)));
    }

    private long parts() {
        return cut(u32(0));
    }

    private static long cut(int number) {
        return HEADER_BYTES + (long) CUT_BYTES * number;
    }

    private int u32(long at) {
        return bytes.get(IndexFormat.INT, at);
    }
}
