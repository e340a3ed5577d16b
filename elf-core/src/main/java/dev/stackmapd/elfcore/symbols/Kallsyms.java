package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import java.util.Arrays;

/// Reads `/proc/kallsyms`, the kernel's own symbols: `ADDRESS TYPE name` on each line, and for a module
/// a tab and its name in brackets. Code has the types `t`, `T`, `w` and `W`.
///
/// The text has no sizes. As in the kernel, a symbol reaches to the next higher one of any type. If that
/// belongs to another module, the end of the code is not known, and the symbol has size 0. Of symbols at
/// one address, the first in the text counts. If all addresses are 0, the kernel has hidden them from
/// the reader (`kptr_restrict`): the table is then empty, and there is a warning. A line that cannot be
/// read is skipped with a [TextWarning].
public final class Kallsyms {
    private final byte[] text;
    private final TextLine line;
    private final TextEntries entries = new TextEntries();
    private boolean[] code = new boolean[64];
    private int hidden;

    private Kallsyms(byte[] text) {
        this.text = text;
        this.line = new TextLine(text);
    }

    /// @param text owned by the table from now on; the caller must not change it
    public static ParsedText parse(byte[] text, ParseLimits limits) {
        Kallsyms kallsyms = new Kallsyms(text);
        kallsyms.read(limits);
        return kallsyms.build();
    }

    private void read(ParseLimits limits) {
        while (line.next()) {
            if (entries.count == limits.maxSymbols()) {
                line.refuse("more than " + entries.count + " symbols: the rest is not read");
                return;
            }
            if (line.hex("an address")) {
                long address = line.value();
                int type = line.letter("a type");
                if (type != 0 && line.nameAndModule()) {
                    add(address, type);
                }
            }
        }
    }

    private void add(long address, int type) {
        if (address == 0) {
            hidden++;
            return;
        }
        entries.add(address, 0, line);
        if (entries.count > code.length) {
            code = Arrays.copyOf(code, 2 * code.length);
        }
        code[entries.count - 1] = (type | 0x20) == 't' || (type | 0x20) == 'w';
    }

    private ParsedText build() {
        int[] sorted =
                IndexSort.sorted(entries.count, (a, b) -> Long.compareUnsigned(entries.starts[a], entries.starts[b]));
        int kept = 0;
        for (int from = 0; from < sorted.length; ) {
            int to = from + 1;
            while (to < sorted.length && entries.starts[sorted[to]] == entries.starts[sorted[from]]) {
                to++;
            }
            int first = firstCode(sorted, from, to);
            if (first != SymbolTable.NONE) {
                entries.sizes[first] = to < sorted.length ? distance(first, sorted[to]) : 0;
                sorted[kept++] = first;
            }
            from = to;
        }
        if (entries.count == 0 && hidden > 0) {
            line.refuse("all addresses are 0: the kernel hides them from this reader");
        }
        TextEntries functions = entries.picked(sorted, kept);
        Ranges ranges = Ranges.of(functions.starts, functions.sizes);
        return line.parsed(new TextSymbolTable(text, ranges, functions));
    }

    private int firstCode(int[] sorted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (code[sorted[i]]) {
                return sorted[i];
            }
        }
        return SymbolTable.NONE;
    }

    private long distance(int index, int next) {
        boolean sameModule = Arrays.equals(
                text,
                entries.moduleFrom[index],
                entries.moduleTo[index],
                text,
                entries.moduleFrom[next],
                entries.moduleTo[next]);
        return sameModule ? entries.starts[next] - entries.starts[index] : 0;
    }
}
