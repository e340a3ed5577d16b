package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.SymbolEntries;
import java.util.Arrays;

/// Makes a [SymbolTable]: gathers code symbols, sorts them, picks one name for aliases, cuts ranges.
final class SymbolTableBuilder {
    private final SymbolEntries entries;
    private final CodeSymbols symbols;
    private final Names names;

    SymbolTableBuilder(SymbolEntries entries, ParseLimits limits) throws MalformedBinaryException {
        this.entries = entries;
        this.symbols = CodeSymbols.gather(entries, limits);
        this.names = new Names(limits.maxNameBytes());
    }

    SymbolTable build(Symbol.Origin origin) throws MalformedBinaryException {
        int[] sorted = symbols.sorted();
        long[] starts = new long[sorted.length];
        long[] sizes = new long[sorted.length];
        int[] nameEnds = new int[sorted.length];
        int count = 0;
        for (int from = 0; from < sorted.length; ) {
            int to = endOfAliases(sorted, from);
            starts[count] = symbols.starts[sorted[from]];
            sizes[count] = symbols.sizes[sorted[from]];
            names.append(bestName(sorted, from, to));
            nameEnds[count++] = names.length();
            from = to;
        }
        starts = Arrays.copyOf(starts, count);
        sizes = Arrays.copyOf(sizes, count);
        return new SymbolTable(
                origin,
                Ranges.of(starts, sizes),
                starts,
                sizes,
                names.toBytes(),
                Arrays.copyOf(nameEnds, count),
                symbols.skipped);
    }

    private int endOfAliases(int[] sorted, int from) {
        int to = from + 1;
        while (to < sorted.length && symbols.aliases(sorted[from], sorted[to])) {
            to++;
        }
        return to;
    }

    /// Of the aliases in `[from, to)`, which the best-bound begin.
    private byte[] bestName(int[] sorted, int from, int to) throws MalformedBinaryException {
        byte[] best = read(sorted[from]);
        for (int i = from + 1; i < to && symbols.ranks[sorted[i]] == symbols.ranks[sorted[from]]; i++) {
            byte[] other = read(sorted[i]);
            best = Names.ALIAS_ORDER.compare(other, best) < 0 ? other : best;
        }
        return best;
    }

    private byte[] read(int symbol) throws MalformedBinaryException {
        entries.moveTo(symbols.entryIndexes[symbol]);
        return names.admit(entries.name(names.allowance()));
    }
}
