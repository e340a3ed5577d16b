package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.bytes.ParseLimits;

/// Reads `perf-<pid>.map`, in which a just-in-time compiler lists the code that it has generated: `START
/// SIZE name` on each line, both numbers hexadecimal, the name to the end of the line, blanks included.
///
/// Compilers append to the file and reuse addresses. Where lines overlap, the later one gets the
/// addresses and the earlier one keeps the rest. A line that cannot be read is skipped with a
/// [TextWarning].
public final class PerfMap {
    private PerfMap() {}

    /// @param text owned by the table from now on; the caller must not change it
    public static ParsedText parse(byte[] text, ParseLimits limits) {
        TextLine line = new TextLine(text);
        TextEntries entries = new TextEntries();
        while (line.next()) {
            if (entries.count == limits.maxSymbols()) {
                line.refuse("more than " + entries.count + " symbols: the rest is not read");
                break;
            }
            read(line, entries);
        }
        Ranges ranges = LatestWins.of(entries.starts, entries.sizes, entries.count);
        return line.parsed(new TextSymbolTable(text, ranges, entries));
    }

    private static void read(TextLine line, TextEntries entries) {
        if (!line.hex("a start")) {
            return;
        }
        long start = line.value();
        if (!line.hex("a size")) {
            return;
        }
        long size = line.value();
        if (size == 0 || Long.compareUnsigned(start + size - 1, start) < 0) {
            line.refuse("expected a size that is not 0 and ends below 2^64, found " + Long.toHexString(size));
        } else if (line.nameToEnd()) {
            entries.add(start, size, line);
        }
    }
}
