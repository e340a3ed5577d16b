package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.SymbolEntries;

/// The code symbols of one table, in its order, as parallel arrays; sorting moves only their indexes.
final class CodeSymbols {
    final long[] starts;
    final long[] sizes;
    final byte[] ranks;
    final int[] entryIndexes;
    long skipped;

    private CodeSymbols(int count) {
        starts = new long[count];
        sizes = new long[count];
        ranks = new byte[count];
        entryIndexes = new int[count];
    }

    /// Goes over the table twice: arrays are made when it is known what they must hold.
    static CodeSymbols gather(SymbolEntries entries, ParseLimits limits) throws MalformedBinaryException {
        long skipped = 0;
        int count = 0;
        for (long i = 0; i < entries.count(); i++) {
            entries.moveTo(i);
            if (!entries.isCode()) {
                continue;
            }
            if (!entries.isSound()) {
                skipped++;
            } else if (i > Integer.MAX_VALUE || ++count > limits.maxSymbols()) {
                throw entries.malformed("more than " + limits.maxSymbols() + " code symbols");
            }
        }
        CodeSymbols symbols = new CodeSymbols(count);
        symbols.skipped = skipped;
        symbols.fill(entries);
        return symbols;
    }

    private void fill(SymbolEntries entries) throws MalformedBinaryException {
        int next = 0;
        for (int i = 0; next < starts.length; i++) {
            entries.moveTo(i);
            if (entries.isCode() && entries.isSound()) {
                starts[next] = entries.address();
                sizes[next] = entries.size();
                ranks[next] = (byte) entries.bindingRank();
                entryIndexes[next++] = i;
            }
        }
    }

    int count() {
        return starts.length;
    }

    boolean aliases(int a, int b) {
        return starts[a] == starts[b] && sizes[a] == sizes[b];
    }

    /// Indexes by start ascending, then size descending, then best binding.
    int[] sorted() {
        return IndexSort.sorted(count(), this::compare);
    }

    private int compare(int a, int b) {
        int order = Long.compareUnsigned(starts[a], starts[b]);
        if (order == 0) {
            order = Long.compareUnsigned(sizes[b], sizes[a]);
        }
        return order != 0 ? order : ranks[a] - ranks[b];
    }
}
