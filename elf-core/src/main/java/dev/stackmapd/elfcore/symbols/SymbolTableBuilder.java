package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.SymbolEntries;
import java.util.Arrays;

/// Makes a [SymbolTable]: gathers code symbols, sorts them, picks one name for aliases, determines the
/// extent of those without a size, and cuts ranges.
final class SymbolTableBuilder {
    private final SymbolEntries entries;
    private final CodeSymbols symbols;
    private final Names names;
    private final AliasNames.Builder aliases = new AliasNames.Builder();
    private long[] starts = new long[0];
    private long[] sizes = new long[0];
    private long[] latestEnds = new long[0];
    private int[] nameEnds = new int[0];
    private int count;

    SymbolTableBuilder(SymbolEntries entries, ParseLimits limits) throws MalformedBinaryException {
        this.entries = entries;
        this.symbols = CodeSymbols.gather(entries, limits);
        this.names = new Names(limits.maxNameBytes());
    }

    SymbolTable build(SymbolSource source) throws MalformedBinaryException {
        pickNames(symbols.sorted());
        starts = Arrays.copyOf(starts, count);
        sizes = Arrays.copyOf(sizes, count);
        return new SymbolTable(
                source,
                Ranges.of(starts, extents()),
                starts,
                sizes,
                names.toBytes(),
                Arrays.copyOf(nameEnds, count),
                aliases.build(),
                symbols.skipped);
    }

    private void pickNames(int[] sorted) throws MalformedBinaryException {
        starts = new long[sorted.length];
        sizes = new long[sorted.length];
        latestEnds = new long[sorted.length];
        nameEnds = new int[sorted.length];
        for (int from = 0; from < sorted.length; ) {
            int to = endOfAliases(sorted, from);
            starts[count] = symbols.starts[sorted[from]];
            sizes[count] = symbols.sizes[sorted[from]];
            for (int i = from; i < to; i++) {
                long end = symbols.latestEnds[sorted[i]];
                latestEnds[count] = Long.compareUnsigned(end, latestEnds[count]) > 0 ? end : latestEnds[count];
            }
            names.append(to == from + 1 ? read(sorted[from]) : bestName(sorted, from, to));
            nameEnds[count++] = names.length();
            from = to;
        }
    }

    private int endOfAliases(int[] sorted, int from) {
        int to = from + 1;
        while (to < sorted.length && symbols.aliases(sorted[from], sorted[to])) {
            to++;
        }
        return to;
    }

    /// Picks the best name of the aliases in `[from, to)`, which begin with those of the strongest
    /// binding. Keeps the others as alias names.
    private byte[] bestName(int[] sorted, int from, int to) throws MalformedBinaryException {
        byte[][] all = new byte[to - from][];
        int best = 0;
        for (int i = 0; i < all.length; i++) {
            all[i] = read(sorted[from + i]);
            boolean bound = symbols.ranks[sorted[from + i]] == symbols.ranks[sorted[from]];
            best = bound && Names.ALIAS_ORDER.compare(all[i], all[best]) < 0 ? i : best;
        }
        for (int i = 0; i < all.length; i++) {
            boolean equal = symbols.ranks[sorted[from + i]] == symbols.ranks[sorted[from]]
                    && Names.underscores(all[i]) == Names.underscores(all[best]);
            if (i != best) {
                aliases.add(starts[count], all[i], equal ? AliasNames.Standing.EQUAL : AliasNames.Standing.LESSER);
            }
        }
        return all[best];
    }

    private byte[] read(int symbol) throws MalformedBinaryException {
        entries.moveTo(symbols.entryIndexes[symbol]);
        return names.admit(entries.name(names.allowance()));
    }

    /// Returns the extent of each symbol in bytes: its size, or if that is not known the distance to the
    /// next symbol or the end of its section; 0 for a label inside another symbol, and for one that no
    /// section holds.
    private long[] extents() {
        long[] extents = sizes.clone();
        long next = -1;
        for (int i = count - 1; i >= 0; i--) {
            if (i + 1 < count && starts[i + 1] != starts[i]) {
                next = starts[i + 1];
            }
            if (sizes[i] == 0) {
                long end = lower(lower(next, symbols.nextData(starts[i])), latestEnds[i]);
                extents[i] = Long.compareUnsigned(end, starts[i]) > 0 ? end - starts[i] : 0;
            }
        }
        cutLabels(extents);
        return extents;
    }

    /// Sets the extent of labels to 0. A symbol without a size that begins inside one with a size is a
    /// label.
    private void cutLabels(long[] extents) {
        boolean any = false;
        long last = 0;
        for (int i = 0; i < count; i++) {
            if (sizes[i] == 0) {
                extents[i] = any && Long.compareUnsigned(starts[i], last) <= 0 ? 0 : extents[i];
            } else {
                long end = starts[i] + sizes[i] - 1;
                last = any && Long.compareUnsigned(end, last) < 0 ? last : end;
                any = true;
            }
        }
    }

    private static long lower(long a, long b) {
        return Long.compareUnsigned(a, b) < 0 ? a : b;
    }
}
