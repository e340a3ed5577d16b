package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.SymbolEntries;
import java.util.Arrays;

/// The code symbols of one table, in its order, as parallel arrays; sorting moves only their indexes.
/// Labels inside assembler code (`.L…`) are left out.
final class CodeSymbols {
    final long[] starts;
    final long[] sizes;
    /// The highest possible end of a symbol without size; 0 for others.
    final long[] latestEnds;
    final byte[] ranks;
    final int[] entryIndexes;
    /// The addresses at which data begins among code, in the table's order.
    private long[] data = new long[0];
    long skipped;

    private CodeSymbols(int count) {
        starts = new long[count];
        sizes = new long[count];
        latestEnds = new long[count];
        ranks = new byte[count];
        entryIndexes = new int[count];
    }

    /// Reads the table twice: arrays are allocated when their lengths are known.
    static CodeSymbols gather(SymbolEntries entries, ParseLimits limits) throws MalformedBinaryException {
        long skipped = 0;
        int count = 0;
        boolean withoutSize = false;
        for (long i = 0; i < entries.count(); i++) {
            entries.moveTo(i);
            if (!isFunction(entries)) {
                continue;
            }
            if (!entries.isSound()) {
                skipped++;
            } else if (i > Integer.MAX_VALUE || ++count > limits.maxSymbols()) {
                throw entries.malformed("more than " + limits.maxSymbols() + " code symbols");
            }
            withoutSize |= entries.size() == 0;
        }
        CodeSymbols symbols = new CodeSymbols(count);
        symbols.skipped = skipped;
        symbols.fill(entries);
        if (withoutSize) {
            symbols.gatherData(entries, limits);
        }
        return symbols;
    }

    private static boolean isFunction(SymbolEntries entries) throws MalformedBinaryException {
        return entries.isCode() && !entries.isLocalLabel();
    }

    private void fill(SymbolEntries entries) throws MalformedBinaryException {
        int next = 0;
        for (int i = 0; next < starts.length; i++) {
            entries.moveTo(i);
            if (isFunction(entries) && entries.isSound()) {
                starts[next] = entries.address();
                sizes[next] = entries.size();
                latestEnds[next] = entries.size() == 0 ? entries.latestEnd() : 0;
                ranks[next] = (byte) entries.bindingRank();
                entryIndexes[next++] = i;
            }
        }
    }

    private void gatherData(SymbolEntries entries, ParseLimits limits) throws MalformedBinaryException {
        int count = 0;
        for (long i = 0; i < entries.count(); i++) {
            entries.moveTo(i);
            if (entries.isDataAmongCode()) {
                if (count == limits.maxSymbols()) {
                    throw entries.malformed("more than " + count + " data symbols among code");
                }
                data = count == data.length ? Arrays.copyOf(data, Math.max(16, 2 * count)) : data;
                data[count++] = entries.address() ^ Long.MIN_VALUE;
            }
        }
        data = Arrays.copyOf(data, count);
        Arrays.sort(data);
    }

    /// Returns the start of the first data after an address; -1, the last address, where there is none.
    long nextData(long address) {
        int at = Arrays.binarySearch(data, (address ^ Long.MIN_VALUE) + 1);
        int next = at >= 0 ? at : -at - 1;
        return next < data.length ? data[next] ^ Long.MIN_VALUE : -1;
    }

    int count() {
        return starts.length;
    }

    boolean aliases(int a, int b) {
        return starts[a] == starts[b] && sizes[a] == sizes[b];
    }

    /// Orders indexes by start ascending, then size descending, then best binding.
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
