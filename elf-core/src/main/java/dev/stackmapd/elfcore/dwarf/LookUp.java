package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import dev.stackmapd.elfcore.elf.CodeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// One look-up: gathers the frames at one address from one unit after the other. For one thread.
final class LookUp {
    private final long address;
    private final DwarfLimits limits;
    private final Skips skips;
    private final ReadBudget budget;
    private final List<DwarfFrame> frames = new ArrayList<>();

    LookUp(long address, DwarfLimits limits, Skips skips) {
        this.address = address;
        this.limits = limits;
        this.skips = skips;
        this.budget = new ReadBudget(limits.maxLookUpBytes(), limits.maxLookUpWork());
    }

    long address() {
        return address;
    }

    ReadBudget budget() {
        return budget;
    }

    Skips skips() {
        return skips;
    }

    /// Returns true if the frames are known, or the budget allows no further unit.
    boolean isOver() {
        return !frames.isEmpty() || budget.steps() > limits.maxLookUpWork();
    }

    List<DwarfFrame> frames() {
        return frames;
    }

    /// Adds the frames that a unit has for the address. The innermost frame has its line from the line
    /// rows, each outer one from the call inside it. Without a function there is still a line, unless it
    /// may be that of an inlined call: a caller that names the function from a symbol table must not get
    /// the line of another function.
    void in(CodeUnit unit) {
        OptionalLong function = unit.function(address, budget, skips);
        LineTable lines = unit.lines(budget, skips);
        int row = lines.find(address);
        if (function.isPresent()) {
            addChain(unit, function.getAsLong(), lines, row);
        } else if (row != LineTable.NONE && !unit.mayHideCalls()) {
            frames.add(frame(unit, FunctionNames.UNKNOWN, SourcePlace.of(lines, row), lines, Code.UNKNOWN));
        }
    }

    private void addChain(CodeUnit unit, long function, LineTable lines, int row) {
        InlineTree tree = unit.tree(function, budget, skips);
        NameReader names = new NameReader(budget);
        SourcePlace place = row == LineTable.NONE ? SourcePlace.NOWHERE : SourcePlace.of(lines, row);
        int node = tree.innermost(address);
        while (true) {
            FunctionNames named = names.read(unit.dieUnit(), tree.die(node), skips);
            frames.add(frame(unit, named, place, lines, Code.of(tree, node)));
            if (node == InlineTree.FUNCTION) {
                return;
            }
            place = new SourcePlace(
                    tree.callFile(node), tree.callLine(node), tree.callColumn(node), tree.discriminator(node));
            node = frames.size() < limits.maxInlineDepth() ? tree.parent(node) : outermost(tree, node);
        }
    }

    /// Returns the function itself. Calls between it and a node are dropped, and noted as skipped if
    /// there are any.
    private int outermost(InlineTree tree, int node) {
        if (tree.parent(node) != InlineTree.FUNCTION) {
            skips.add(new SkippedPart(
                    SkippedPart.Scope.INLINED_CALLS,
                    new LackingPart(LackingPart.Kind.SECTION, ".debug_info", LackingPart.Reason.TOO_LARGE),
                    "more than " + limits.maxInlineDepth() + " frames"));
        }
        return InlineTree.FUNCTION;
    }

    /// A place in the source; the file is a number of the unit's line program.
    private record SourcePlace(int file, int line, int column, int discriminator) {
        static final SourcePlace NOWHERE = new SourcePlace(-1, 0, 0, 0);

        static SourcePlace of(LineTable lines, int row) {
            return new SourcePlace(lines.file(row), lines.line(row), lines.column(row), lines.discriminator(row));
        }
    }

    /// The code of a frame's function.
    private record Code(boolean inlined, long entryPoint, List<CodeRange> ranges) {
        static final Code UNKNOWN = new Code(false, 0, List.of());

        static Code of(InlineTree tree, int node) {
            boolean inlined = node != InlineTree.FUNCTION;
            return new Code(inlined, tree.entryPoint(node), inlined ? List.of() : tree.code());
        }
    }

    private DwarfFrame frame(CodeUnit unit, FunctionNames names, SourcePlace place, LineTable lines, Code code) {
        return new DwarfFrame(
                names,
                path(lines, place.file()),
                place.line(),
                place.column(),
                place.discriminator(),
                code.inlined,
                code.entryPoint,
                code.ranges,
                unit.dieUnit().language());
    }

    private String path(LineTable lines, int file) {
        try {
            return lines.files().path(file);
        } catch (MalformedBinaryException e) {
            skips.add(SkippedPart.Scope.LINES, e);
            return "";
        }
    }
}
