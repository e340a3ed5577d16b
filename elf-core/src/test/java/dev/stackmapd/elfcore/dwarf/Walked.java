package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Keeps all data of a walk as plain lists, and answers by linear search: the oracle for look-ups.
final class Walked implements DwarfVisitor {
    private final List<WalkedFunction> functions = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private final List<SkippedPart> skipped = new ArrayList<>();
    private final List<WalkedFunction> open = new ArrayList<>();
    private Optional<WalkedUnit> unit = Optional.empty();

    /// A limit that is larger than any fixture needs.
    static ReadBudget budget() {
        return new ReadBudget(1L << 30, ReadBudget.ENDLESS);
    }

    record WalkedFunction(
            FunctionNames names, List<WalkedFunction> around, String callFile, int callLine, List<long[]> ranges) {
        boolean holds(long address) {
            return ranges.stream().anyMatch(r -> r[0] <= address && address < r[1]);
        }
    }

    record Row(long address, String file, int line, int column, int discriminator, boolean end) {}

    /// Returns function and inlined calls at an address, innermost first: names, and for each but the
    /// last the place of the call.
    List<String> chain(long address) {
        return functions.stream()
                .filter(f -> f.holds(address))
                .max(Comparator.comparingInt(f -> f.around().size()))
                .map(Walked::chain)
                .orElse(List.of());
    }

    private static List<String> chain(WalkedFunction innermost) {
        List<String> chain = new ArrayList<>();
        chain.add(innermost.names.rawName());
        WalkedFunction last = innermost;
        for (WalkedFunction outer : innermost.around.reversed()) {
            chain.add("%s at %s:%d".formatted(outer.names.rawName(), last.callFile, last.callLine));
            last = outer;
        }
        return chain;
    }

    /// Returns `file:line` of the last row at or below an address in a sequence that holds it.
    String place(long address) {
        for (int i = 0; i + 1 < rows.size(); i++) {
            Row row = rows.get(i);
            if (!row.end && row.address <= address && address < rows.get(i + 1).address) {
                return row.file + ':' + row.line + ':' + row.column + '/' + row.discriminator;
            }
        }
        return "nowhere";
    }

    List<SkippedPart> skipped() {
        return skipped;
    }

    @Override
    public void unit(WalkedUnit walked) {
        unit = Optional.of(walked);
        open.clear();
    }

    @Override
    public void function(int depth, long key) {
        add(depth, new WalkedFunction(unit.orElseThrow().names(key), List.of(), "", 0, new ArrayList<>()));
    }

    @Override
    public void inlined(int depth, long key, int callFile, int callLine, int callColumn, int callDiscriminator) {
        WalkedUnit in = unit.orElseThrow();
        List<WalkedFunction> around = new ArrayList<>(open.get(depth - 1).around);
        around.add(open.get(depth - 1));
        add(depth, new WalkedFunction(in.names(key), around, in.path(callFile), callLine, new ArrayList<>()));
    }

    private void add(int depth, WalkedFunction function) {
        open.subList(depth, open.size()).clear();
        open.add(function);
        functions.add(function);
    }

    @Override
    public void range(long low, long high) {
        functions.getLast().ranges.add(new long[] {low, high});
    }

    @Override
    public void row(long address, int file, int line, int column, int discriminator, boolean isStatement) {
        rows.add(new Row(address, unit.orElseThrow().path(file), line, column, discriminator, false));
    }

    @Override
    public void endOfSequence(long address) {
        rows.add(new Row(address, "", 0, 0, 0, true));
    }

    @Override
    public void endOfUnit() {
        unit = Optional.empty();
    }

    @Override
    public void skipped(SkippedPart part) {
        skipped.add(part);
    }
}
