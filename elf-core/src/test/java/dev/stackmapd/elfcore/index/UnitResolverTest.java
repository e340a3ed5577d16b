package dev.stackmapd.elfcore.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares units whose functions, inlined calls and sequences overlap in every way with a linear
/// search.
class UnitResolverTest {
    private static final int CODE = 200;
    private static final String UNKNOWN = "nothing";

    private record Range(int low, int high, int owner) {
        boolean holds(int address) {
            return low <= address && address < high;
        }
    }

    private record Row(int address, int row) {}

    private record Sequence(int start, int end, List<Row> rows) {}

    private static final BuildMemory MEMORY = new BuildMemory(new ReadBudget(1 << 26, ReadBudget.ENDLESS));

    private final UnitCode unit = new UnitCode(MEMORY);
    private final List<Range> unitRanges = new ArrayList<>();
    private final List<Range> functions = new ArrayList<>();
    private final List<Range> nodes = new ArrayList<>();
    private final List<Sequence> sequences = new ArrayList<>();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 20_240_229})
    void agreesWithALinearSearch(long seed) {
        Random random = new Random(seed);
        UnitResolver resolver = new UnitResolver(MEMORY);
        for (int round = 0; round < 300; round++) {
            fill(random);
            String[] resolved = new String[CODE + 1];
            Arrays.fill(resolved, UNKNOWN);
            long[] reached = {0};
            resolver.resolve(unit, new UnitResolver.SegmentConsumer() {
                @Override
                public void segment(long start, long end, int node, int row) {
                    assertThat(start).isBetween(reached[0], end - 1);
                    reached[0] = end;
                    for (long at = start; at < end; at++) {
                        resolved[(int) at] = node + "/" + place(row);
                    }
                }

                @Override
                public int declarationLine(int node) {
                    return declared(node);
                }
            });
            for (int address = 0; address <= CODE; address++) {
                assertThat(resolved[address])
                        .as("round %d, address %d", round, address)
                        .isEqualTo(expected(address));
            }
        }
    }

    /// Rows with the same contents are interchangeable.
    private String place(int row) {
        return row == Cuts.NONE ? "none" : unit.files[row] + ":" + unit.lines[row] + ":" + unit.columns[row];
    }

    private void fill(Random random) {
        unit.clear();
        unitRanges.clear();
        functions.clear();
        nodes.clear();
        sequences.clear();
        for (int i = random.nextInt(3); i > 0; i--) {
            Range range = range(random, 0);
            unitRanges.add(range);
            unit.unitRanges.add(range.low, range.high, 0);
        }
        int[] open = new int[8];
        for (int i = random.nextInt(12); i > 0; i--) {
            // A function inside another has calls of its own, and calls of the outer one may follow.
            int depth = unit.nodes == 0 ? 0 : random.nextInt(unit.depths[unit.nodes - 1] + 2);
            boolean function = depth == 0 || random.nextInt(6) == 0;
            int parent = function ? UnitCode.ROOT : open[depth - 1];
            int node = unit.addNode(parent, i, 0, 0, 0);
            open[unit.depths[node]] = node;
            for (int j = random.nextInt(3); j > 0; j--) {
                Range range = range(random, node);
                unit.addRange(range.low, range.high);
                nodes.add(range);
                if (function) {
                    functions.add(range);
                }
            }
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            addSequence(random);
        }
        unit.endOfRows();
    }

    private static Range range(Random random, int owner) {
        int low = random.nextInt(CODE);
        return new Range(low, random.nextInt(low + 1, CODE + 1), owner);
    }

    private void addSequence(Random random) {
        List<Row> rows = new ArrayList<>();
        int start = random.nextInt(CODE);
        int at = start;
        for (int i = random.nextInt(1, 10); i > 0 && at < CODE; i--) {
            rows.add(new Row(at, unit.rows));
            unit.addRow(at, random.nextInt(2), random.nextInt(3), 0);
            at += random.nextInt(20);
        }
        int end = Math.max(at, start + 1);
        unit.endSequence(end);
        sequences.add(new Sequence(start, end, rows));
    }

    private String expected(int address) {
        int function = unfolded(address);
        int node = function == Cuts.NONE
                ? Cuts.NONE
                : innermost(
                        nodes.stream()
                                .filter(range -> unit.functions[range.owner] == function)
                                .toList(),
                        address);
        int row = rowAt(address);
        boolean claimed = unitRanges.stream().anyMatch(range -> range.holds(address));
        boolean known = node != Cuts.NONE || (row != Cuts.NONE && claimed);
        return known ? node + "/" + place(row) : UNKNOWN;
    }

    private static int declared(int node) {
        return node % 3;
    }

    /// The last row of the sequence that begins closest; of equal ones the longest, of these the first.
    private int rowAt(int address) {
        Sequence found = null;
        for (Sequence each : sequences) {
            boolean holds = each.start <= address && address < each.end;
            if (holds
                    && (found == null
                            || each.start > found.start
                            || (each.start == found.start && each.end > found.end))) {
                found = each;
            }
        }
        int row = Cuts.NONE;
        for (Row each : found == null ? List.<Row>of() : found.rows) {
            row = each.address <= address ? each.row : row;
        }
        return row;
    }

    /// The function that begins closest. Of several with exactly the same code the one declared last
    /// before the line there, of these the first; else the one added last.
    private int unfolded(int address) {
        List<Range> open = new ArrayList<>();
        for (Range range : functions) {
            Range top = open.stream()
                    .filter(each -> each.low == range.low)
                    .reduce((a, b) -> b)
                    .orElse(null);
            if (top == null || top.high != range.high || !fitsAsWell(top, range)) {
                open.add(range);
            }
        }
        return innermost(open, address);
    }

    private boolean fitsAsWell(Range first, Range later) {
        int row = rowAt(first.low);
        int line = row == Cuts.NONE ? 0 : unit.lines[row];
        int fit = declared(first.owner) <= line ? declared(first.owner) : -1;
        int laterFit = declared(later.owner) <= line ? declared(later.owner) : -1;
        return fit >= laterFit;
    }

    /// The owner of the range that begins closest; of equal ones the last.
    private static int innermost(List<Range> ranges, int address) {
        int closest = -1;
        int owner = Cuts.NONE;
        for (Range range : ranges) {
            if (range.holds(address) && range.low >= closest) {
                closest = range.low;
                owner = range.owner;
            }
        }
        return owner;
    }
}
