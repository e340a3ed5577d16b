package dev.stackmapd.elfcore.symbols;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Finds the function that holds an address, in a list in text form: [PerfMap] or [Kallsyms].
///
/// It keeps the text, and the position of each symbol's name in it; a name becomes a `String` on
/// request. Immutable, thread-safe. A look-up is O(log n) on one `long[]` and allocates nothing until a
/// name is requested.
public final class TextSymbolTable {
    private final byte[] text;
    private final Ranges ranges;
    private final TextEntries entries;

    TextSymbolTable(byte[] text, Ranges ranges, TextEntries entries) {
        this.text = text;
        this.ranges = ranges;
        this.entries = entries;
    }

    /// Returns the number of symbols in the table. Some may have lost all their addresses to others.
    public int size() {
        return entries.count;
    }

    /// Returns the heap that this table holds, in bytes, accurate to a few percent.
    public long heapBytes() {
        return 128 + text.length + ranges.heapBytes() + 32L * entries.count;
    }

    /// Returns the symbol that holds an address of the process or kernel, unsigned; empty if there is
    /// none.
    public Optional<TextSymbol> find(long address) {
        int index = indexOf(address);
        return index == SymbolTable.NONE ? Optional.empty() : Optional.of(get(index));
    }

    /// Returns the index of the symbol that holds an address (unsigned), or [SymbolTable#NONE].
    /// Allocates nothing.
    public int indexOf(long address) {
        return ranges.ownerOf(address);
    }

    /// @param index 0 to `size() - 1`
    public TextSymbol get(int index) {
        return new TextSymbol(
                string(entries.nameFrom[index], entries.nameTo[index]),
                string(entries.moduleFrom[index], entries.moduleTo[index]),
                entries.starts[index],
                entries.sizes[index]);
    }

    private String string(int from, int to) {
        return new String(text, from, to - from, StandardCharsets.UTF_8);
    }
}
