package dev.stackmapd.elfcore.gsym;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A function, or a call inlined into it, while its function is gathered: its code, and the calls
/// inlined into it. Not thread-safe.
final class InlineNode {
    /// Stands for the function itself, which is not a call.
    static final Call NO_CALL = new Call(-1, 0, 0, 0);

    private final Call call;
    private final Map<Call, InlineNode> children = new LinkedHashMap<>();
    private final List<long[]> ranges = new ArrayList<>();

    /// @param function number in the index
    /// @param file number in the index, of the place where it is called
    record Call(int function, int file, int line, int column) {}

    InlineNode(Call call) {
        this.call = call;
    }

    Call call() {
        return call;
    }

    InlineNode child(Call of) {
        return children.computeIfAbsent(of, InlineNode::new);
    }

    Iterable<InlineNode> children() {
        return children.values();
    }

    boolean hasChildren() {
        return !children.isEmpty();
    }

    /// Adds code after the code it already has.
    void add(long start, long end) {
        if (!ranges.isEmpty() && ranges.getLast()[1] == start) {
            ranges.getLast()[1] = end;
        } else {
            ranges.add(new long[] {start, end});
        }
    }

    /// Pairs of start and end, ascending.
    List<long[]> ranges() {
        return ranges;
    }
}
